"""What strangers miss: notices that were dropped because nobody in Slack is known to be their addressee are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.claims import Entry
from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.people import stranger as strangers

PERSON_UNKNOWN = "person_unknown"


def note(dbsession: Session, entries: Iterable[Entry]) -> None:
    """Count what these entries dropped, per stranger. Call it with what was recorded, in the same transaction."""
    missed: Counter[tuple[str, str]] = Counter()
    for each in entries:
        key = (each.claim.tenant_id, each.claim.conversation.removeprefix(PERSONAL))
        missed.update(key for fate in each.fates if fate.reason == PERSON_UNKNOWN)
    if missed:
        strangers.count_missed(dbsession, missed)
