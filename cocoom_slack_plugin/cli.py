"""``cocoom-slack``: connecting tenants and looking after them, for operators and support.

Secrets come from a prompt, from standard input or from the environment, never from an argument, which every user of
the machine could read in the process list.
"""

from __future__ import annotations

import asyncio
import base64
import getpass
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from pyramid.paster import get_app, setup_logging
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import connect as connecting
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.connections.connect import Credentials, Proof
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import CocoomSlackError, UnknownTenant
from cocoom_slack_plugin.notifications import routes as routing
from cocoom_slack_plugin.notifications import trial, worker
from cocoom_slack_plugin.notifications.decide import NEWCOMERS, POSTS, Route
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import LOCALES

ENVIRONMENT = "COCOOM_SLACK_"
FUNCTIONS = click.Choice([each.value for each in Function])
console = Console(markup=False, emoji=False, highlight=False)  # names come from Slack


@dataclass
class Deployment:
    """The host named by ``--config``, loaded when a command first needs it."""

    config: Path

    @property
    def runtime(self) -> Runtime:
        if not self.config.exists():
            raise click.ClickException(f"there is no {self.config}: name the host's INI file with --config")
        setup_logging(str(self.config))
        return Runtime.of(get_app(str(self.config)))


class Commands(click.Group):
    """Shows our own errors as one line, and everything unforeseen as Python does."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CocoomSlackError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands)
@click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path),
    envvar="COCOOM_CONFIG",
    default="development.ini",
    show_default=True,
    help="The host's INI file.",
)
@click.version_option(package_name="cocoom-slack-plugin")
@click.pass_context
def main(ctx: click.Context, config: Path) -> None:
    """Connect Cocoom bases to Slack and look after the connections."""
    ctx.obj = Deployment(config)


def run(arguments: Sequence[str]) -> int:
    """The same for a host that adds this to its own command line. Returns the exit status."""
    try:
        main.main(list(arguments), prog_name="cocoom-slack")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@main.command()
def key() -> None:
    """Make a key for the setting cocoom_slack.encryption_keys."""
    click.echo(base64.b64encode(secrets.token_bytes(32)).decode())


@main.command()
@click.argument("tenant")
@click.option("--login", is_flag=True, help="Connect and switch on Sign in with Slack.")
@click.option("--notifications", is_flag=True, help="Connect and switch on notifications.")
@click.option("--team", help="The workspace's id (T...); needed for login alone.")
@click.option("--client-id", help="The app's client id; asked for when it is needed.")
@click.option("--stdin", is_flag=True, help="Read lines such as bot_token=... from standard input.")
@click.pass_obj
def connect(
    deployment: Deployment,
    tenant: str,
    login: bool,
    notifications: bool,
    team: str | None,
    client_id: str | None,
    stdin: bool,
) -> None:
    """Prove the credentials of TENANT's own Slack app at Slack, store them and switch the named functions on.

    Secrets are asked for, or read from standard input (--stdin), or from the environment: COCOOM_SLACK_BOT_TOKEN,
    COCOOM_SLACK_CLIENT_SECRET, COCOOM_SLACK_SIGNING_SECRET. Without --login and --notifications both are connected.
    """
    wanted = [
        f for f, on in ((Function.LOGIN, login), (Function.NOTIFICATIONS, notifications)) if on
    ] or list(Function)
    runtime, base = _locate(deployment, tenant)
    for function in wanted:
        if not runtime.settings.tenants.allow(function, base):
            raise click.ClickException(
                f"the setting cocoom_slack.tenants does not let {tenant} use {function}"
            )
    given = _ask_for_credentials(_secret_source(stdin), wanted, team, client_id)
    with transaction(runtime.hooks) as dbsession:
        known = connections.find(dbsession, base.id)
    proof = _prove(runtime, given, known)
    with transaction(runtime.hooks) as dbsession:
        connecting.save(dbsession, runtime.vault, base.id, proof, _actor())
        for function in wanted:
            connecting.switch(dbsession, connections.get(dbsession, base.id), function, True, _actor())
    workspace = f"{proof.identity.team_name} ({proof.team_id})" if proof.identity else proof.team_id
    click.echo(f"{base.subdomain} is connected to the workspace {workspace}; on: {', '.join(wanted)}")
    _advise(proof, base)


@main.command()
@click.argument("tenant", required=False)
@click.pass_obj
def status(deployment: Deployment, tenant: str | None) -> None:
    """Show the connection of TENANT, or of all tenants."""
    runtime = deployment.runtime
    with transaction(runtime.hooks) as dbsession:
        wanted = _tenant(runtime, tenant, dbsession).id if tenant else None
        found = [each for each in connections.everything(dbsession) if wanted in (None, each.tenant_id)]
        names = {each.tenant_id: runtime.hooks.find_tenant(each.tenant_id, dbsession) for each in found}
    if not found:
        click.echo("nothing is connected" if wanted is None else f"{tenant} is not connected")
        return
    table = Table("tenant", "workspace", "login", "notifications", "health", "app", "bot scopes")
    for each in found:
        table.add_row(*_status_row(runtime, each, names[each.tenant_id]))
    console.print(table)


@main.command()
@click.argument("tenant")
@click.confirmation_option(prompt="Delete the connection and its secrets?")
@click.pass_obj
def disconnect(deployment: Deployment, tenant: str) -> None:
    """Delete TENANT's connection and its secrets. The app in Slack stays until it is removed there."""
    runtime, base = _locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        connections.get(dbsession, base.id)
        connecting.disconnect(dbsession, base.id, _actor())
    click.echo(f"{base.subdomain} is disconnected; remove the app in Slack's own administration too")


@main.command()
@click.argument("tenant")
@click.argument("function", type=FUNCTIONS)
@click.pass_obj
def enable(deployment: Deployment, tenant: str, function: str) -> None:
    """Switch a function of TENANT on."""
    _switch(deployment, tenant, Function(function), True)


@main.command()
@click.argument("tenant")
@click.argument("function", type=FUNCTIONS)
@click.pass_obj
def disable(deployment: Deployment, tenant: str, function: str) -> None:
    """Switch a function of TENANT off."""
    _switch(deployment, tenant, Function(function), False)


@main.command()
@click.argument("tenant")
@click.argument("channel")
@click.option("--seconds", default=30.0, show_default=True, help="How long to wait for the message.")
@click.pass_obj
def test(deployment: Deployment, tenant: str, channel: str, seconds: float) -> None:
    """Send a test message of TENANT to CHANNEL (id or link), by the path that every message takes."""
    runtime, base = _locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        event_id = trial.record(dbsession, base, credentials.channel_id(channel))
    click.echo("recorded; waiting for a worker")
    Doorbell(runtime.settings).ring()
    end = trial.wait(runtime.hooks, base.id, event_id, seconds)
    if end.state != "sent":
        raise click.ClickException(end.explanation)
    click.echo(end.explanation)


@main.command("worker")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@click.pass_obj
def work(deployment: Deployment, burst: bool) -> None:
    """Deliver notifications until SIGTERM or Ctrl-C. Start as many as you like, on as many machines."""
    runtime = deployment.runtime
    click.echo(f"serving the queue {runtime.settings.queue}")
    worker.run(runtime, burst=burst)


@main.group()
def routes() -> None:
    """Which channels get a tenant's posts and newcomers."""


@routes.command("add")
@click.argument("tenant")
@click.argument("channel")
@click.option("--thread", help="Only posts of the thread with this id; else all that no other route names.")
@click.option("--newcomers", is_flag=True, help="Newcomers instead of posts.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of the messages; else the tenant's.")
@click.pass_obj
def add_route(
    deployment: Deployment, tenant: str, channel: str, thread: str | None, newcomers: bool, locale: str | None
) -> None:
    """Send TENANT's posts, or newcomers, to CHANNEL (id or link)."""
    if newcomers and thread:
        raise click.UsageError("newcomers have no thread: leave out --thread or --newcomers")
    runtime, base = _locate(deployment, tenant)
    new = Route(NEWCOMERS if newcomers else POSTS, credentials.channel_id(channel), thread, locale)
    with transaction(runtime.hooks) as dbsession:
        routing.add(dbsession, base.id, new)
    click.echo(f"{base.subdomain}: {_sentence(new)}")


@routes.command("list")
@click.argument("tenant")
@click.pass_obj
def list_routes(deployment: Deployment, tenant: str) -> None:
    """Show TENANT's routes with their numbers."""
    runtime, base = _locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = routing.everything(dbsession, base.id)
    for each in found:
        click.echo(f"{each.number:>4}  {_sentence(each.route)}")
    if not found:
        click.echo("no routes: posts and newcomers are told nowhere")


@routes.command("remove")
@click.argument("tenant")
@click.argument("number", type=int)
@click.pass_obj
def remove_route(deployment: Deployment, tenant: str, number: int) -> None:
    """Remove the route with this NUMBER."""
    runtime, base = _locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        if not routing.remove(dbsession, base.id, number):
            raise click.ClickException(f"{base.subdomain} has no route {number}; `routes list` shows them")
    click.echo("removed")


def _tenant(runtime: Runtime, key: str, dbsession: Session) -> Tenant:
    found = runtime.hooks.find_tenant(key, dbsession)
    if found is None:
        raise UnknownTenant(key)
    return found


def _locate(deployment: Deployment, key: str) -> tuple[Runtime, Tenant]:
    runtime = deployment.runtime
    with transaction(runtime.hooks) as dbsession:
        return runtime, _tenant(runtime, key, dbsession)


def _prove(runtime: Runtime, given: Credentials, known: Connection | None) -> Proof:
    async def ask() -> Proof:
        async with SlackGateway(runtime.settings) as gateway:
            return await connecting.prove(gateway, given, known)

    return asyncio.run(ask())


def _switch(deployment: Deployment, tenant: str, function: Function, on: bool) -> None:
    runtime, base = _locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        connecting.switch(dbsession, connections.get(dbsession, base.id), function, on, _actor())
    allowed = runtime.settings.tenants.allow(function, base)
    note = "" if allowed or not on else "; it runs once the setting cocoom_slack.tenants allows it"
    click.echo(f"{function} of {base.subdomain} is {'on' if on else 'off'}{note}")


def _ask_for_credentials(
    secret: Callable[[str], str], wanted: list[Function], team: str | None, client_id: str | None
) -> Credentials:
    login, notifications = Function.LOGIN in wanted, Function.NOTIFICATIONS in wanted
    return Credentials(
        bot_token=credentials.bot_token(secret("bot_token")) if notifications else None,
        client_id=credentials.client_id(client_id or click.prompt("Client id")) if login else None,
        client_secret=credentials.client_secret(secret("client_secret")) if login else None,
        team_id=credentials.team_id(team) if team else None,
    )


def _secret_source(stdin: bool) -> Callable[[str], str]:
    lines = dict(line.strip().split("=", 1) for line in sys.stdin if "=" in line) if stdin else {}

    def secret(name: str) -> str:
        found = lines.get(name) or os.environ.get(ENVIRONMENT + name.upper())
        if found is None and stdin:
            raise click.ClickException(f"standard input has no line {name}=...")
        return found or str(click.prompt(name.replace("_", " ").capitalize(), hide_input=True))

    return secret


def _advise(proof: Proof, base: Tenant) -> None:
    if proof.identity is None:
        return
    for scope, reason in connecting.USEFUL_SCOPES.items():
        if scope not in proof.identity.scopes:
            click.echo(f"note: with the scope {scope} the bot could {reason}")
    click.echo(
        f"next: `cocoom-slack routes add {base.subdomain} CHANNEL`, then `cocoom-slack test {base.subdomain} CHANNEL`"
    )


def _status_row(runtime: Runtime, found: Connection, tenant: Tenant | None) -> list[str]:
    def state(function: Function) -> str:
        if not found.is_enabled(function):
            return "off"
        return "on" if tenant and runtime.settings.tenants.allow(function, tenant) else "on, but not allowed"

    health = found.health if found.health_code is None else f"{found.health}: {found.health_code}"
    workspace = f"{found.team_name} ({found.team_id})" if found.team_name else found.team_id
    name = tenant.subdomain if tenant else found.tenant_id
    scopes = " ".join(found.scopes)
    return [
        name,
        workspace,
        state(Function.LOGIN),
        state(Function.NOTIFICATIONS),
        health,
        found.app_id or "",
        scopes,
    ]


def _sentence(route: Route) -> str:
    what = "newcomers" if route.subject == NEWCOMERS else f"posts of the thread {route.thread_id}"
    if route.subject == POSTS and route.thread_id is None:
        what = "posts of all other threads"
    return f"{what} go to {route.channel}" + (f" in {route.locale}" if route.locale else "")


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


if __name__ == "__main__":
    main()
