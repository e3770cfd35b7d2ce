"""``cocoom-slack why``: why an event was told, or not, step by step."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.deployment import Deployment, locate
from cocoom_slack_plugin.commands.instants import shown
from cocoom_slack_plugin.commands.route_options import json_option, known_user_id
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import why_facts
from cocoom_slack_plugin.notifications.why import explain
from cocoom_slack_plugin.notifications.why_steps import Explanation, Scope, Step, Verdict
from cocoom_slack_plugin.runtime import Runtime

MARKS = {Verdict.YES: "✓", Verdict.NO: "✗", Verdict.INFO: "·", Verdict.WAITS: "…"}


@click.command()
@click.argument("event")
@click.option("--tenant", help="The base; only needed where more than one could be meant.")
@click.option("--channel", help="Only this channel (id or link).")
@click.option("--person", metavar="USER", help="Only this person (id or e-mail).")
@json_option
@click.pass_obj
def why(
    deployment: Deployment,
    event: str,
    tenant: str | None,
    channel: str | None,
    person: str | None,
    as_json: bool,
) -> None:
    """Explain step by step why EVENT was told, or not: the host's id of the event, or its post's id or address."""
    if channel and person:
        raise click.UsageError("name a channel or a person, not both")
    if "\0" in event or not event.strip():
        raise click.UsageError("EVENT is the host's id of an event, or a post's id or address")
    runtime, base = locate(deployment, tenant or _base_of(deployment, event))
    with transaction(runtime.hooks) as dbsession:
        asked = credentials.channel_id(channel) if channel else None
        user_id = known_user_id(runtime, base, dbsession, person) if person else None
        found = look(runtime, base, dbsession, event, Scope(asked, user_id))
    click.echo(as_text(found) if not as_json else _as_json(base, event, found))


def look(runtime: Runtime, base: Tenant, dbsession: Session, event_id: str, scope: Scope) -> Explanation:
    """Read the facts and explain them."""
    return explain(why_facts.read(runtime, dbsession, base, event_id), scope)


def as_text(found: Explanation) -> str:
    """A line for each step, times in UTC, and the advice."""
    return "\n".join([*map(_line, found.steps), found.advice])


def _line(step: Step) -> str:
    at = f" ({shown(step.at)} UTC)" if step.at else ""
    return f"{MARKS[step.verdict]} {step.what}: {step.explanation}{at}"


def _as_json(base: Tenant, event: str, found: Explanation) -> str:
    steps: list[dict[str, Any]] = [
        {
            "what": each.what,
            "verdict": each.verdict.value,
            "explanation": each.explanation,
            "at": each.at.isoformat() if each.at else None,
        }
        for each in found.steps
    ]
    whole = {"tenant": base.subdomain, "event": event, "steps": steps, "advice": found.advice}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _base_of(deployment: Deployment, event: str) -> str:
    """The only base that is connected, else the only one that has an event with this id."""
    with transaction(deployment.runtime.hooks) as dbsession:
        connected = [each.tenant_id for each in connections.everything(dbsession)]
        found = connected if len(connected) == 1 else why_facts.tenants_with(dbsession, connected, event)
    if len(found) == 1:
        return found[0]
    if not connected:
        raise click.UsageError("no base is connected: say which one with --tenant")
    those = f"{len(found)} of them have" if found else "none of them has"
    raise click.UsageError(
        f"{len(connected)} bases are connected, and {those} an event with this id: say which one with --tenant"
    )
