"""``cocoom-slack catch-up``, and the same question at the end of ``connect``: what becomes of what waited."""

from __future__ import annotations

import sys

import click

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.deployment import Deployment, actor, locate
from cocoom_slack_plugin.commands.instants import shown
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import held
from cocoom_slack_plugin.notifications.catch_up import CaughtUp, Choice
from cocoom_slack_plugin.notifications.catch_up import catch_up as carry_out
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.notifications.held import Held
from cocoom_slack_plugin.runtime import Runtime

HOLD = "hold"
CHOICES = [each.value for each in Choice]
waiting_option = click.option(
    "--waiting",
    type=click.Choice([*CHOICES, HOLD]),
    help="What becomes of notices that waited while the connection was broken; else it is asked.",
)


@click.command("catch-up")
@click.argument("tenant")
@click.argument("choice", type=click.Choice(CHOICES))
@click.pass_obj
def catch_up(deployment: Deployment, tenant: str, choice: str) -> None:
    """Say what becomes of TENANT's notices that waited while the connection was broken.

    deliver: all are sent, in order. summarise: each conversation gets one message that counts them. discard: none is
    sent; they stay in the records as dropped.
    """
    runtime, base = locate(deployment, tenant)
    _carry_out(runtime, base, Choice(choice))


def after_connecting(runtime: Runtime, base: Tenant, waiting: str | None, may_ask: bool) -> None:
    """Let notices go on, or ask what becomes of those that waited; nobody there to ask leaves them held."""
    held.decide_all(runtime.hooks, base.id)
    with transaction(runtime.hooks) as dbsession:
        found = held.of_tenants(dbsession, [base.id]).get(base.id)
    if found is None:
        return
    if found.oldest is None:
        carry_out(runtime.hooks, base, Choice.DELIVER, actor())
        return
    click.echo(_sentence(found, shown(found.oldest)))
    if waiting is None and may_ask and sys.stdin.isatty():
        waiting = click.prompt("What becomes of them", type=click.Choice([*CHOICES, HOLD]), default=HOLD)
    if waiting in (None, HOLD):
        click.echo(
            f"they stay held; decide with `cocoom-slack catch-up {base.subdomain} {'|'.join(CHOICES)}`"
        )
        return
    _carry_out(runtime, base, Choice(waiting))


def _carry_out(runtime: Runtime, base: Tenant, choice: Choice) -> None:
    done = carry_out(runtime.hooks, base, choice, actor())
    if done is None:
        click.echo(f"{base.subdomain}: no notices are held")
        return
    Doorbell(runtime.settings).ring()
    click.echo(f"{base.subdomain}: {_outcome(done, choice)}")


def _sentence(found: Held, oldest: str) -> str:
    return (
        f"waiting: {counted(found.waiting, 'notice')} in {counted(found.conversations, 'conversation')}, "
        f"the first since {oldest}; the connection was broken at {shown(found.since)} (UTC)"
    )


def _outcome(done: CaughtUp, choice: Choice) -> str:
    end = {
        Choice.DELIVER: "sent now",
        Choice.SUMMARISE: f"told in {counted(done.summaries, 'message')}",
        Choice.DISCARD: "discarded",
    }[choice]
    return f"{counted(done.notices, 'notice')} of {counted(done.conversations, 'conversation')}: {end}"
