"""A person as a value, and how one is found, matched and forgotten."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.people.tables import person


class Source(enum.StrEnum):
    """How we know that a Cocoom user is a Slack user, the surest first."""

    LOGIN = "login"
    HAND = "hand"
    EMAIL = "email"


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


def match(dbsession: Session, tenant_id: str, found: Person) -> None:
    """Remember a match. A surer source replaces whatever stood against it, an e-mail match only fills a gap."""
    values = {
        "tenant_id": tenant_id,
        "user_id": found.user_id,
        "team_id": found.team_id,
        "slack_user_id": found.slack_user_id,
        "source": found.source.value,
    }
    if found.source is Source.EMAIL:
        dbsession.execute(insert(person).values(values).on_conflict_do_nothing())
        return
    same_slack_user = (person.c.team_id == found.team_id) & (person.c.slack_user_id == found.slack_user_id)
    dbsession.execute(
        delete(person).where(
            person.c.tenant_id == tenant_id, same_slack_user, person.c.user_id != found.user_id
        )
    )
    dbsession.execute(
        insert(person)
        .values(values)
        .on_conflict_do_update(
            index_elements=["tenant_id", "user_id"], set_={**values, "matched_at": func.now()}
        )
    )


def forget(dbsession: Session, tenant_id: str, user_id: str | None = None) -> None:
    """Forget who this user is in Slack; without a user, forget everybody of the tenant."""
    everybody = person.c.tenant_id == tenant_id
    dbsession.execute(
        delete(person).where(everybody, true() if user_id is None else person.c.user_id == user_id)
    )
