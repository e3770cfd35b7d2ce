"""What one person wants to be told by direct message, and when: as a value, and how it is read and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule
from cocoom_slack_plugin.notifications.tables import preference


@dataclass(frozen=True, slots=True)
class Preferences:
    """Without a word of theirs somebody is told everything, each thing at once.

    ``off`` are words of ``kinds.PERSONAL_WORDS``. ``timezone`` is the IANA's name; None: as the host says.
    """

    off: frozenset[str] = frozenset()
    quiet: QuietHours | None = None
    digest: Schedule | None = None
    timezone: str | None = None


NOTHING_SAID = Preferences()

row = preference.c


def of_users(dbsession: Session, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Preferences]:
    """What these (tenant id, user id) said, by the same key; those who said nothing are left out."""
    theirs = tuple_(row.tenant_id, row.user_id).in_(sorted(wanted))
    return {
        (each.tenant_id, each.user_id): _read(each)
        for each in dbsession.execute(select(preference).where(theirs))
    }


def find(dbsession: Session, tenant_id: str, user_id: str) -> Preferences:
    """What this person said, NOTHING_SAID where they said nothing."""
    key = (tenant_id, user_id)
    return of_users(dbsession, [key]).get(key, NOTHING_SAID)


def save(dbsession: Session, tenant_id: str, user_id: str, wanted: Preferences) -> None:
    """Remember it, in the place of what they said before."""
    values = {**_columns(wanted), "updated_at": func.now()}
    statement = insert(preference).values(tenant_id=tenant_id, user_id=user_id, **values)
    dbsession.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=values))


def forget(dbsession: Session, tenant_id: str, user_id: str) -> None:
    """Forget what this person said, if anything."""
    dbsession.execute(delete(preference).where(row.tenant_id == tenant_id, row.user_id == user_id))


def _read(found: Row[Any]) -> Preferences:
    quiet = None if found.quiet_from is None else QuietHours(found.quiet_from, found.quiet_to)
    digest = Schedule(Every(found.digest), found.digest_hour, found.digest_weekday) if found.digest else None
    return Preferences(frozenset(found.off), quiet, digest, found.timezone)


def _columns(wanted: Preferences) -> dict[str, Any]:
    quiet, digest = wanted.quiet, wanted.digest
    # The hour and the day of somebody who wants no digest are the table's own.
    when = digest or Schedule(Every.DAILY)
    return {
        "off": sorted(wanted.off),
        "quiet_from": quiet.start if quiet else None,
        "quiet_to": quiet.end if quiet else None,
        "digest": digest.every.value if digest else None,
        "digest_hour": when.hour,
        "digest_weekday": when.weekday,
        "timezone": wanted.timezone,
    }
