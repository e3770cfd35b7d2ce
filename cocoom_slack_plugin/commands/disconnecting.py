"""``cocoom-slack disconnect``: tells Slack first, and says what becomes of everything."""

from __future__ import annotations

import sys

import click

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.deployment import Deployment, actor, locate
from cocoom_slack_plugin.commands.fates import in_words
from cocoom_slack_plugin.commands.one_line import one_line
from cocoom_slack_plugin.connect.leaving import leave
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import NotRevoked
from cocoom_slack_plugin.notifications import held
from cocoom_slack_plugin.runtime import Runtime

DATA = "people, sign-ins, routes, preferences and history"
KEEP, DELETE = "keep", "delete"


@click.command()
@click.argument("tenant")
@click.option("--keep-data", "data", flag_value=KEEP, help=f"Keep {DATA} (default without a terminal).")
@click.option("--delete-data", "data", flag_value=DELETE, help="Delete all of it, except the audit.")
@click.option("--no-revoke", is_flag=True, help="Do not tell Slack: the bot token stays valid there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def disconnect(deployment: Deployment, tenant: str, data: str | None, no_revoke: bool, yes: bool) -> None:
    """Revoke TENANT's bot token at Slack, then delete the connection and its secrets.

    When Slack cannot be told nothing is changed, unless --no-revoke says so.
    """
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        seen = connections.get(dbsession, base.id)
    data = data or _ask_about_data(yes)
    click.echo(_what_happens(runtime, base, seen, data, no_revoke))
    if not yes:
        click.confirm("Delete the connection and its secrets?", abort=True)
    try:
        retired = leave(runtime, base, actor(), keep_data=data == KEEP, tell_slack=not no_revoke)
    except NotRevoked as error:
        raise click.ClickException(
            f"{error}; {base.subdomain} stays connected. Try again later, or disconnect with --no-revoke and remove "
            "the app in Slack's own administration"
        ) from None
    click.echo(in_words(retired))
    click.echo(f"{base.subdomain} is disconnected; {DATA} are {'kept' if data == KEEP else 'deleted'}")


def _ask_about_data(yes: bool) -> str:
    if yes or not sys.stdin.isatty():
        return KEEP
    return str(click.prompt(f"What becomes of {DATA}", type=click.Choice([KEEP, DELETE]), default=KEEP))


def _what_happens(runtime: Runtime, base: Tenant, seen: Connection, data: str, no_revoke: bool) -> str:
    held.decide_all(runtime.hooks, base.id)
    with transaction(runtime.hooks) as dbsession:
        waiting, conversations = held.waiting_of(dbsession, base.id)
    workspace = one_line(f"{seen.team_name} ({seen.team_id})" if seen.team_name else seen.team_id)
    said = [f"{base.subdomain} is connected to the workspace {workspace}"]
    if seen.sealed_bot_token and not no_revoke:
        said.append("  its bot token will be revoked at Slack: the bot leaves all channels")
    said.append(f"  {DATA} will be {'kept' if data == KEEP else 'deleted; the audit is kept'}")
    if waiting:
        fate = "held until the base is connected again" if data == KEEP else "deleted, and never sent"
        number = f"{counted(waiting, 'notice')} in {counted(conversations, 'conversation')}"
        said.append(f"  waiting: {number}; they will be {fate}")
    return "\n".join(said)
