"""A person as a value, and how one is found, matched and forgotten."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.people import stranger as strangers
from cocoom_slack_plugin.people.tables import person, stranger


class Source(enum.StrEnum):
    """How we know that a Cocoom user is a Slack user, the surest first."""

    LOGIN = "login"
    HAND = "hand"
    EMAIL = "email"


REPLACES = {
    Source.LOGIN: (Source.LOGIN, Source.HAND, Source.EMAIL),
    Source.HAND: (Source.HAND, Source.EMAIL),
    Source.EMAIL: (Source.EMAIL,),
}
"""Whose word a source may replace."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody of this tenant is in the tenant's workspace."""

    user_id: str
    team_id: str
    slack_user_id: str
    source: Source


def find(dbsession: Session, tenant_id: str, user_id: str, team_id: str) -> Person | None:
    """The person of this Cocoom user in this workspace. A match in a former workspace does not count."""
    row = dbsession.execute(
        select(person.c.user_id, person.c.team_id, person.c.slack_user_id, person.c.source).where(
            person.c.tenant_id == tenant_id, person.c.user_id == user_id, person.c.team_id == team_id
        )
    ).one_or_none()
    return Person(row.user_id, row.team_id, row.slack_user_id, Source(row.source)) if row else None


def of_users(dbsession: Session, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    """The persons of these (tenant, Cocoom user), by the same key."""
    rows = dbsession.execute(
        select(
            person.c.tenant_id, person.c.user_id, person.c.team_id, person.c.slack_user_id, person.c.source
        ).where(tuple_(person.c.tenant_id, person.c.user_id).in_(sorted(wanted)))
    )
    return {
        (row.tenant_id, row.user_id): Person(row.user_id, row.team_id, row.slack_user_id, Source(row.source))
        for row in rows
    }


def everybody(dbsession: Session, tenant_id: str) -> list[tuple[Person, datetime]]:
    """All persons of a tenant and since when they are known, by their Cocoom ids."""
    rows = dbsession.execute(
        select(*person.c["user_id", "team_id", "slack_user_id", "source", "matched_at"])
        .where(person.c.tenant_id == tenant_id)
        .order_by(person.c.user_id)
    )
    return [
        (Person(row.user_id, row.team_id, row.slack_user_id, Source(row.source)), row.matched_at)
        for row in rows
    ]


def of_slack_user(dbsession: Session, tenant_id: str, team_id: str, slack_user_id: str) -> Person | None:
    """The person who this Slack user is."""
    row = dbsession.execute(
        select(person.c.user_id, person.c.source).where(
            person.c.tenant_id == tenant_id,
            person.c.team_id == team_id,
            person.c.slack_user_id == slack_user_id,
        )
    ).one_or_none()
    return Person(row.user_id, team_id, slack_user_id, Source(row.source)) if row else None


def match(dbsession: Session, tenant_id: str, found: Person) -> Person | None:
    """Remember a match; whoever is matched is no stranger any more.

    A match replaces what no surer source says of either of the two, except that one by e-mail leaves what is known of
    the user in this workspace. Returns who the user is now: possibly by a surer source, None when the Slack user is
    somebody else by one. Raises IntegrityError when somebody else is matched with the Slack user at this moment.
    """
    replaced = [each.value for each in REPLACES[found.source]]
    _make_room(dbsession, tenant_id, found, replaced)
    holder = of_slack_user(dbsession, tenant_id, found.team_id, found.slack_user_id)
    if holder is None or holder.user_id == found.user_id:
        _write(dbsession, tenant_id, found, replaced)
    known = find(dbsession, tenant_id, found.user_id, found.team_id)
    if known:
        strangers.forget(dbsession, tenant_id, found.user_id)
    return known


def _make_room(dbsession: Session, tenant_id: str, found: Person, replaced: list[str]) -> None:
    """Delete what the match replaces of other users, and what is left of the user in a former workspace."""
    same_slack_user = and_(
        person.c.team_id == found.team_id,
        person.c.slack_user_id == found.slack_user_id,
        person.c.user_id != found.user_id,
        person.c.source.in_(replaced),
    )
    former = and_(person.c.user_id == found.user_id, person.c.team_id != found.team_id)
    dbsession.execute(delete(person).where(person.c.tenant_id == tenant_id, or_(same_slack_user, former)))


def _write(dbsession: Session, tenant_id: str, found: Person, replaced: list[str]) -> None:
    values = {
        "tenant_id": tenant_id,
        "user_id": found.user_id,
        "team_id": found.team_id,
        "slack_user_id": found.slack_user_id,
        "source": found.source.value,
    }
    new = insert(person).values(values)
    if found.source is Source.EMAIL:
        dbsession.execute(new.on_conflict_do_nothing())
        return
    changes = {**values, "matched_at": func.now()}
    dbsession.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "user_id"], set_=changes, where=person.c.source.in_(replaced)
        )
    )


def unmatch(dbsession: Session, tenant_id: str, wrong: Person) -> None:
    """Forget exactly this match; what was found out since it was read stays."""
    dbsession.execute(
        delete(person).where(
            person.c.tenant_id == tenant_id,
            person.c.user_id == wrong.user_id,
            person.c.team_id == wrong.team_id,
            person.c.slack_user_id == wrong.slack_user_id,
            person.c.source == wrong.source.value,
        )
    )


def forget(dbsession: Session, tenant_id: str, user_id: str | None = None) -> bool:
    """Forget who this user is in Slack, or that nobody is; without a user, forget everybody of the tenant.

    Returns whether anything was known.
    """
    wanted = true() if user_id is None else person.c.user_id == user_id
    gone = dbsession.execute(delete(person).where(person.c.tenant_id == tenant_id, wanted))
    was_stranger = strangers.forget(dbsession, tenant_id, user_id)
    return bool(gone.rowcount) or was_stranger  # type: ignore[attr-defined]


def forget_elsewhere(dbsession: Session, tenant_id: str, team_id: str) -> None:
    """Forget who everybody was in other workspaces than this one: they would stand in the way of new matches."""
    dbsession.execute(delete(person).where(person.c.tenant_id == tenant_id, person.c.team_id != team_id))
    dbsession.execute(
        delete(stranger).where(stranger.c.tenant_id == tenant_id, stranger.c.team_id != team_id)
    )
