"""``cocoom-slack backlog`` and ``metrics``: what waits, what does not work and why."""

from __future__ import annotations

import click
from rich.table import Table
from sqlalchemy.orm import Session

from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.deployment import Deployment, console, locate
from cocoom_slack_plugin.commands.instants import lasting, shown
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications.backlog import Backlog, look
from cocoom_slack_plugin.notifications.metrics import exposition
from cocoom_slack_plugin.runtime import Runtime

TROUBLES_SHOWN = 20


@click.command()
@click.argument("tenant", required=False)
@click.pass_obj
def backlog(deployment: Deployment, tenant: str | None) -> None:
    """Show what waits, what does not work and why, of TENANT or of all tenants that have something."""
    runtime, base = locate(deployment, tenant) if tenant else (deployment.runtime, None)
    with transaction(runtime.hooks) as dbsession:
        found = look(dbsession, base.id if base else None)
        names = _names(runtime, dbsession, found)
    unrouted = found[0].unrouted if base and found else 0
    found = [each for each in found if each.is_behind]
    if unrouted:
        posts = counted(unrouted, "post or newcomer", "posts and newcomers")
        verb, them = ("was", "it") if unrouted == 1 else ("were", "them")
        click.echo(f"{posts} of the last day {verb} told nowhere: no route means {them}")
    if not found:
        click.echo("nothing waits and nothing is wrong")
        return
    table = Table(
        "tenant",
        "waiting",
        "oldest",
        "undecided",
        "dead (1 day)",
        "strangers",
        "held since (UTC)",
        "workspace (UTC)",
    )
    for each in found:
        table.add_row(names[each.tenant_id], *_row(each))
    console.print(table)
    _show_troubles(found, names, most=None if base else TROUBLES_SHOWN)
    if base and found[0].strangers:
        number = counted(found[0].strangers, "stranger")
        click.echo(f"{number}, not found in Slack: `cocoom-slack people list {base.subdomain} --unknown`")


@click.command()
@click.pass_obj
def metrics(deployment: Deployment) -> None:
    """Write the backlog of all tenants as Prometheus reads it, for node_exporter's textfile collector."""
    runtime = deployment.runtime
    with transaction(runtime.hooks) as dbsession:
        found = look(dbsession)
        names = _names(runtime, dbsession, found)
    click.echo(exposition(found, names), nl=False)


def _names(runtime: Runtime, dbsession: Session, found: list[Backlog]) -> dict[str, str]:
    tenants = {each.tenant_id: runtime.hooks.find_tenant(each.tenant_id, dbsession) for each in found}
    return {tenant_id: tenant.subdomain if tenant else tenant_id for tenant_id, tenant in tenants.items()}


def _row(each: Backlog) -> list[str]:
    return [
        str(each.waiting),
        lasting(each.oldest_seconds) if each.waiting else "",
        str(each.undecided),
        str(each.dead_last_day),
        str(each.strangers),
        shown(each.held_since) if each.held_since else "",
        _workspace(each),
    ]


def _workspace(each: Backlog) -> str:
    if each.pause is None:
        return ""
    failures = f", {each.pause.failures} failures in a row" if each.pause.failures else ""
    return f"{each.pause.reason or 'pause'} until {shown(each.pause.until)}{failures}"


def _show_troubles(found: list[Backlog], names: dict[str, str], most: int | None) -> None:
    """The conversations that do not take messages, soonest first; of all tenants not more than somebody reads."""
    troubles = [(names[each.tenant_id], trouble) for each in found for trouble in each.troubles]
    if not troubles:
        return
    table = Table("tenant", "conversation", "trouble", "attempts", "next try (UTC)")
    for name, each in sorted(troubles, key=lambda pair: pair[1].next_try)[:most]:
        table.add_row(name, each.conversation, each.reason, str(each.attempts), shown(each.next_try))
    console.print(table)
    if most is not None and len(troubles) > most:
        click.echo(f"and {len(troubles) - most} more; `cocoom-slack backlog TENANT` shows a tenant's")
