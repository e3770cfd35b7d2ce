"""What people want to be told by direct message, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.schedule import QuietHours, Schedule


@dataclass(frozen=True, slots=True)
class Preferences:
    off: frozenset[str] = frozenset()
    quiet: QuietHours | None = None
    digest: Schedule | None = None
    timezone: str | None = None


NOTHING_SAID = Preferences()


def of_users(dbsession: Session, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Preferences]:
    return {}
