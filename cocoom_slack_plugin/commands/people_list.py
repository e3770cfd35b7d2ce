"""``cocoom-slack people list``: who is known, how and since when; who is not, why, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin.commands.deployment import Deployment, console, locate
from cocoom_slack_plugin.commands.instants import shown
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications.clean import clean
from cocoom_slack_plugin.people import person as persons
from cocoom_slack_plugin.people import stranger as strangers
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.stranger import Reason, Stranger
from cocoom_slack_plugin.runtime import Runtime

NAME_LIMIT = 60
HOW = {Source.LOGIN: "signed in with Slack", Source.HAND: "by hand", Source.EMAIL: "by e-mail"}
WHY = {Reason.NOT_FOUND: "not found by e-mail", Reason.NO_SCOPE: "the app may not look for e-mails"}


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody known, and whether that ``counts`` in the workspace of today. ``user`` is None when they are gone."""

    person: Person
    since: datetime
    user: User | None
    counts: bool


@click.command("list")
@click.argument("tenant")
@click.option("--unknown", is_flag=True, help="Only who is not found in Slack.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def list_people(deployment: Deployment, tenant: str, unknown: bool, as_json: bool) -> None:
    """Show who of TENANT is known in Slack, and who missed notices because they are not."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks, base.id) as dbsession:
        known = [] if unknown else _known(runtime, dbsession, base)
        missing = strangers.of_tenant(dbsession, base.id)
    if as_json:
        people = {} if unknown else {"known": [_plain_known(each) for each in known]}
        people["unknown"] = [_plain_stranger(base, each) for each in missing]
        click.echo(json.dumps({"tenant": base.subdomain, **people}, ensure_ascii=False, indent=2))
        return
    if not known and not missing:
        click.echo(
            f"{base.subdomain}: " + ("everybody was found" if unknown else "nobody was looked for yet")
        )
    if known:
        _show_known(known)
    if missing:
        _show_strangers(base, missing)


def called(user: User) -> str:
    """A collaborator by name and id."""
    return f"{one_line(user.display_name)} ({user.id})"


def one_line(name: str) -> str:
    """A name that somebody gave themselves, without anything that a terminal would obey."""
    return clean(name, NAME_LIMIT)


def is_known(dbsession: Session, tenant_id: str, user_id: str) -> bool:
    """Whether anything is known of this user, who may be gone from the host."""
    key = (tenant_id, user_id)
    return bool(persons.of_users(dbsession, [key]) or strangers.of_users(dbsession, [key]))


def _known(runtime: Runtime, dbsession: Session, base: Tenant) -> list[Known]:
    connection = connections.find(dbsession, base.id)
    return [
        Known(
            person,
            since,
            runtime.hooks.user_by_id(base, person.user_id, dbsession),
            connection is not None and connection.team_id == person.team_id,
        )
        for person, since in persons.everybody(dbsession, base.id)
    ]


def _show_known(known: Sequence[Known]) -> None:
    table = Table("user", "name", "Slack user", "how", "since (UTC)")
    for each in known:
        name = one_line(each.user.display_name) if each.user else "gone from the base"
        former = "" if each.counts else f" in {each.person.team_id}, not the workspace of today"
        how = HOW[each.person.source] + former
        table.add_row(each.person.user_id, name, each.person.slack_user_id, how, shown(each.since))
    console.print(table)


def _show_strangers(base: Tenant, missing: Sequence[Stranger]) -> None:
    table = Table("user", "name", "e-mail", "why unknown", "missed", "last (UTC)", "looked for (UTC)")
    for each in missing:
        missed = [str(each.missed), shown(each.last_missed_at), shown(each.looked_up_at)]
        who = [each.user_id, one_line(each.display_name), one_line(each.email)]
        table.add_row(*who, WHY[each.reason], *missed)
    console.print(table)
    for reason in Reason:
        if any(each.reason is reason for each in missing):
            click.echo(f"{WHY[reason]}: {_advice(base, reason)}")


def _advice(base: Tenant, reason: Reason) -> str:
    each = (
        f"let them sign in with Slack once, or `cocoom-slack people match {base.subdomain} USER SLACK_USER`"
    )
    if reason is Reason.NO_SCOPE:
        return f"give the app the scope users:read.email, install it again and connect; or {each}"
    return each


def _plain_known(each: Known) -> dict[str, Any]:
    return {
        "user_id": each.person.user_id,
        "name": each.user.display_name if each.user else None,
        "slack_user_id": each.person.slack_user_id,
        "team_id": each.person.team_id,
        "source": each.person.source.value,
        "since": each.since.astimezone(UTC).isoformat(),
        "counts": each.counts,
    }


def _plain_stranger(base: Tenant, each: Stranger) -> dict[str, Any]:
    return {
        "user_id": each.user_id,
        "name": each.display_name,
        "email": each.email,
        "team_id": each.team_id,
        "reason": each.reason.value,
        "missed": each.missed,
        "last_missed_at": each.last_missed_at.astimezone(UTC).isoformat(),
        "looked_up_at": each.looked_up_at.astimezone(UTC).isoformat(),
        "advice": _advice(base, each.reason),
    }
