"""``cocoom-slack rotate``: another bot token or client secret of the same app, while everything runs."""

from __future__ import annotations

import click

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.catch_up import after_connecting, waiting_option
from cocoom_slack_plugin.commands.deployment import Commands, Deployment, actor, locate
from cocoom_slack_plugin.commands.fates import in_words
from cocoom_slack_plugin.commands.secret_input import secret_source, stdin_option
from cocoom_slack_plugin.connect.rotating import Rotated, rotate_bot_token, rotate_client_secret
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.runtime import Runtime


@click.group(cls=Commands)
def rotate() -> None:
    """Replace one credential of a connection, proved at Slack first, without a pause.

    The secret is asked for, or read from standard input (--stdin), or from the environment: COCOOM_SLACK_BOT_TOKEN,
    COCOOM_SLACK_CLIENT_SECRET.
    """


@rotate.command("bot-token")
@click.argument("tenant")
@stdin_option
@click.option(
    "--revoke-old/--keep-old",
    default=None,
    help="Revoke the old token at Slack, or not; by default only where that does not take the bot out of its channels.",
)
@waiting_option
@click.pass_obj
def bot_token(
    deployment: Deployment, tenant: str, stdin: bool, revoke_old: bool | None, waiting: str | None
) -> None:
    """Give TENANT another bot token of the same app in the same workspace."""
    runtime, base = locate(deployment, tenant)
    _must_be_connected(runtime, base)
    token = credentials.bot_token(secret_source(stdin)("bot_token"))
    rotated = rotate_bot_token(runtime, base, token, actor(), revoke_old=revoke_old)
    click.echo(f"{base.subdomain} uses the new bot token from now on")
    _advise(rotated)
    if rotated.before.held_at is not None:
        after_connecting(runtime, base, waiting, may_ask=not stdin)


@rotate.command("client-secret")
@click.argument("tenant")
@stdin_option
@click.pass_obj
def client_secret(deployment: Deployment, tenant: str, stdin: bool) -> None:
    """Give TENANT another client secret of the same client id."""
    runtime, base = locate(deployment, tenant)
    _must_be_connected(runtime, base)
    secret = credentials.client_secret(secret_source(stdin)("client_secret"))
    rotate_client_secret(runtime, base, secret, actor())
    click.echo(
        f"{base.subdomain} uses the new client secret from now on; Slack takes the old one for 24 hours more"
    )


def _must_be_connected(runtime: Runtime, base: Tenant) -> None:
    """Before anybody is asked for a secret."""
    with transaction(runtime.hooks) as dbsession:
        connections.get(dbsession, base.id)


def _advise(rotated: Rotated) -> None:
    if rotated.lost_scopes:
        lost = ", ".join(rotated.lost_scopes)
        click.echo(f"note: unlike the old one it lacks {lost}: add that to the app and install it again")
    click.echo(in_words(rotated.retired, "the old bot token"))
