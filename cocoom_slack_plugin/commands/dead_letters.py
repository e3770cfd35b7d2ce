"""``cocoom-slack dead-letters`` and ``replay``: what did not arrive, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click
from rich.table import Table

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.deployment import Deployment, actor, console, locate
from cocoom_slack_plugin.commands.instants import INSTANT, in_utc, shown
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import dead_letters as letters
from cocoom_slack_plugin.notifications.clean import clean
from cocoom_slack_plugin.notifications.dead_letters import UNKNOWN, Choice, DeadLetter
from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.runtime import Runtime

TITLE_LIMIT = 60
MAY_HAVE_ARRIVED = "may have arrived already"

_REASON = click.option("--reason", metavar="CODE", help="Only those with this reason.")
_CHANNEL = click.option(
    "--channel", help="Only those of this channel (id or link), or of a person (@ and the user's id)."
)
_SINCE = click.option("--since", type=INSTANT, help="Only those that ended since then, in UTC.")


@click.command("dead-letters")
@click.argument("tenant")
@_REASON
@_CHANNEL
@_SINCE
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.pass_obj
def dead_letters(
    deployment: Deployment,
    tenant: str,
    reason: str | None,
    channel: str | None,
    since: datetime | None,
    limit: int,
) -> None:
    """Show the newest notices of TENANT that failed, or of which it is unknown whether they arrived."""
    runtime, base = locate(deployment, tenant)
    choice = Choice(reason=reason, channel=_conversation(channel), since=in_utc(since))
    with transaction(runtime.hooks) as dbsession:
        found = letters.newest(dbsession, base.id, choice, limit)
    if not found:
        click.echo(f"{base.subdomain} has no dead letters" + (" like that" if choice != Choice() else ""))
        return
    table = Table("number", "when (UTC)", "conversation", "kind", "title", "state", "reason")
    for each in found:
        table.add_row(*_row(each))
    console.print(table)
    click.echo(f"`cocoom-slack replay {base.subdomain} NUMBER` sends one again")


@click.command()
@click.argument("tenant")
@click.argument("numbers", type=click.IntRange(1, 2**63 - 1), nargs=-1)
@_REASON
@_CHANNEL
@_SINCE
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option(
    "--unknown-too", is_flag=True, help=f"With a filter or --all: also those that {MAY_HAVE_ARRIVED}."
)
@click.pass_obj
def replay(
    deployment: Deployment,
    tenant: str,
    numbers: tuple[int, ...],
    reason: str | None,
    channel: str | None,
    since: datetime | None,
    everything: bool,
    unknown_too: bool,
) -> None:
    """Send dead letters of TENANT again: those with these NUMBERS, those that fit the filters, or --all."""
    filters = [reason, channel, since]
    if bool(numbers) + any(each is not None for each in filters) + everything != 1:
        raise click.UsageError("name either numbers, or filters (--reason, --channel, --since), or --all")
    runtime, base = locate(deployment, tenant)
    if numbers:
        _refuse_others(runtime, base, numbers)
    choice = Choice(
        numbers=numbers or None,
        reason=reason,
        channel=_conversation(channel),
        since=in_utc(since),
        unknown_too=unknown_too or bool(numbers),
    )
    done = letters.replay(runtime.hooks, base.id, choice, actor())
    Doorbell(runtime.settings).ring()
    note = f"; {done.unknown} of them {MAY_HAVE_ARRIVED}" if done.unknown else ""
    click.echo(f"{base.subdomain}: {counted(done.notices, 'notice')} to be sent again{note}")
    if not choice.unknown_too:
        _tell_of_left_out(runtime, base, choice)


def _refuse_others(runtime: Runtime, base: Tenant, numbers: Sequence[int]) -> None:
    with transaction(runtime.hooks) as dbsession:
        others = letters.not_dead(dbsession, base.id, numbers)
    if others:
        named = ", ".join(map(str, others))
        raise click.ClickException(
            f"{base.subdomain} has no dead letter {named}; `dead-letters` shows them; nothing was done"
        )


def _tell_of_left_out(runtime: Runtime, base: Tenant, choice: Choice) -> None:
    every = Choice(reason=choice.reason, channel=choice.channel, since=choice.since)
    with transaction(runtime.hooks) as dbsession:
        left_out = letters.count(dbsession, base.id, every, UNKNOWN)
    if left_out:
        click.echo(f"note: {left_out} more {MAY_HAVE_ARRIVED}; --unknown-too sends them again too")


def _conversation(channel: str | None) -> str | None:
    if channel is None or channel.startswith(PERSONAL):
        return channel
    return credentials.channel_id(channel)


def _row(each: DeadLetter) -> list[str]:
    state = f"{UNKNOWN}: {MAY_HAVE_ARRIVED}" if each.state == UNKNOWN else each.state
    title = clean(each.title, TITLE_LIMIT)
    return [
        str(each.number),
        shown(each.at),
        each.conversation,
        each.kind,
        title,
        state,
        each.reason or "",
    ]
