"""``cocoom-slack connect`` and its neighbours. Secrets are never taken from an argument."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.table import Table

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.catch_up import after_connecting, waiting_option
from cocoom_slack_plugin.commands.deployment import Deployment, actor, console, locate
from cocoom_slack_plugin.commands.instants import shown
from cocoom_slack_plugin.commands.secret_input import secret_source, stdin_option
from cocoom_slack_plugin.commands.workspace_change import agree, end_old_bot
from cocoom_slack_plugin.connect.arriving import settle
from cocoom_slack_plugin.connect.retiring import ask
from cocoom_slack_plugin.connections import connect as connecting
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.connections.connect import Credentials, Proof
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import held as holding
from cocoom_slack_plugin.notifications.held import Held
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function

FUNCTIONS = click.Choice([each.value for each in Function])


@click.command()
@click.argument("tenant")
@click.option("--login", is_flag=True, help="Connect and switch on Sign in with Slack.")
@click.option("--notifications", is_flag=True, help="Connect and switch on notifications.")
@click.option("--team", help="The workspace's id (T...); needed for login alone.")
@click.option("--client-id", help="The app's client id; asked for when it is needed.")
@stdin_option
@click.option(
    "--change-workspace",
    is_flag=True,
    help="Agree that these credentials are of another workspace than the present connection.",
)
@waiting_option
@click.pass_obj
def connect(
    deployment: Deployment,
    tenant: str,
    login: bool,
    notifications: bool,
    team: str | None,
    client_id: str | None,
    stdin: bool,
    change_workspace: bool,
    waiting: str | None,
) -> None:
    """Prove the credentials of TENANT's own Slack app at Slack, store them and switch the named functions on.

    Secrets are asked for, or read from standard input (--stdin), or from the environment: COCOOM_SLACK_BOT_TOKEN,
    COCOOM_SLACK_CLIENT_SECRET. Without --login and --notifications both are connected.
    """
    wanted = [
        f for f, on in ((Function.LOGIN, login), (Function.NOTIFICATIONS, notifications)) if on
    ] or list(Function)
    runtime, base = locate(deployment, tenant)
    for function in wanted:
        if not runtime.settings.tenants.allow(function, base):
            raise click.ClickException(
                f"the setting cocoom_slack.tenants does not let {tenant} use {function}"
            )
    given = _ask_for_credentials(secret_source(stdin), wanted, team, client_id)
    with transaction(runtime.hooks) as dbsession:
        known = connections.find(dbsession, base.id)
    proof = _prove(runtime, given, known)
    change = connecting.workspace_change(known, proof)
    if change and not change_workspace:
        agree(base, change, may_ask=not stdin)
    with transaction(runtime.hooks) as dbsession:
        now = connecting.save(
            dbsession, runtime.vault, base.id, proof, actor(), change_workspace=change is not None
        )
        settle(dbsession, known, now)
        for function in wanted:
            connecting.switch(dbsession, connections.get(dbsession, base.id), function, True, actor())
    workspace = f"{proof.identity.team_name} ({proof.team_id})" if proof.identity else proof.team_id
    click.echo(f"{base.subdomain} is connected to the workspace {workspace}; on: {', '.join(wanted)}")
    if change and known:
        click.echo(end_old_bot(runtime, base, known, now))
    _advise(proof, base)
    if Function.NOTIFICATIONS in wanted:
        after_connecting(runtime, base, waiting, may_ask=not stdin)


@click.command()
@click.argument("tenant", required=False)
@click.pass_obj
def status(deployment: Deployment, tenant: str | None) -> None:
    """Show the connection of TENANT, or of all tenants."""
    runtime, base = locate(deployment, tenant) if tenant else (deployment.runtime, None)
    wanted = base.id if base else None
    with transaction(runtime.hooks) as dbsession:
        found = [each for each in connections.everything(dbsession) if wanted in (None, each.tenant_id)]
        names = {each.tenant_id: runtime.hooks.find_tenant(each.tenant_id, dbsession) for each in found}
        held = holding.of_tenants(dbsession, names)
    if not found:
        click.echo("nothing is connected" if wanted is None else f"{tenant} is not connected")
        return
    table = Table("tenant", "workspace", "login", "notifications", "health", "app", "bot scopes")
    for each in found:
        table.add_row(*_status_row(runtime, each, names[each.tenant_id], held.get(each.tenant_id)))
    console.print(table)


@click.command()
@click.argument("tenant")
@click.argument("function", type=FUNCTIONS)
@click.pass_obj
def enable(deployment: Deployment, tenant: str, function: str) -> None:
    """Switch a function of TENANT on."""
    _switch(deployment, tenant, Function(function), True)


@click.command()
@click.argument("tenant")
@click.argument("function", type=FUNCTIONS)
@click.pass_obj
def disable(deployment: Deployment, tenant: str, function: str) -> None:
    """Switch a function of TENANT off."""
    _switch(deployment, tenant, Function(function), False)


def _prove(runtime: Runtime, given: Credentials, known: Connection | None) -> Proof:
    return ask(runtime, lambda gateway: connecting.prove(gateway, given, known))


def _switch(deployment: Deployment, tenant: str, function: Function, on: bool) -> None:
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        connecting.switch(dbsession, connections.get(dbsession, base.id), function, on, actor())
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


def _advise(proof: Proof, base: Tenant) -> None:
    if proof.identity is None:
        return
    for scope, reason in connecting.USEFUL_SCOPES.items():
        if scope not in proof.identity.scopes:
            click.echo(f"note: with the scope {scope} the bot could {reason}")
    click.echo(
        f"next: `cocoom-slack routes add {base.subdomain} CHANNEL`, then `cocoom-slack test {base.subdomain} CHANNEL`"
    )


def _status_row(runtime: Runtime, found: Connection, tenant: Tenant | None, held: Held | None) -> list[str]:
    def state(function: Function) -> str:
        if not found.is_enabled(function):
            return "off"
        return "on" if tenant and runtime.settings.tenants.allow(function, tenant) else "on, but not allowed"

    health = found.health if found.health_code is None else f"{found.health}: {found.health_code}"
    if held is not None:
        health += f", held since {shown(held.since)} UTC ({held.waiting} waiting)"
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
