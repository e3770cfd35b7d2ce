"""``cocoom-slack test``: whether a tenant's notifications arrive."""

from __future__ import annotations

import click

from cocoom_slack_plugin.commands.deployment import Deployment, locate
from cocoom_slack_plugin.commands.why import as_text, look
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import trial
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.notifications.why_steps import Scope


@click.command()
@click.argument("tenant")
@click.argument("channel")
@click.option("--seconds", default=30.0, show_default=True, help="How long to wait for the message.")
@click.option("--steps", is_flag=True, help="Show each step, also of a message that arrived.")
@click.pass_obj
def test(deployment: Deployment, tenant: str, channel: str, seconds: float, steps: bool) -> None:
    """Send a test message of TENANT to CHANNEL (id or link), by the path that every message takes."""
    runtime, base = locate(deployment, tenant)
    where = credentials.channel_id(channel)
    with transaction(runtime.hooks) as dbsession:
        event_id = trial.record(dbsession, base, where)
    click.echo("recorded; waiting for a worker")
    Doorbell(runtime.settings).ring()
    end = trial.wait(runtime.hooks, base.id, event_id, seconds)
    if steps or end.state != "sent":
        with transaction(runtime.hooks) as dbsession:
            click.echo(as_text(look(runtime, base, dbsession, event_id, Scope(where))))
    if end.state != "sent":
        raise click.ClickException(end.explanation)
    click.echo(end.explanation)
