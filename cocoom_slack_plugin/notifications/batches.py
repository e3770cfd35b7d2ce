"""Imports: the parts of one that are too many to name each are told as a summary (features.md row 42)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from cocoom_slack_plugin.errors import InvalidEvent, NotConnected
from cocoom_slack_plugin.notifications import summaries
from cocoom_slack_plugin.notifications.claims import Waiting
from cocoom_slack_plugin.notifications.decision import BATCH
from cocoom_slack_plugin.notifications.events import Cause, load
from cocoom_slack_plugin.notifications.recording import release

_SIZE = text("""
    SELECT count(*) AS parts, max(id) AS last FROM cocoom_slack_notice
    WHERE lane_id = :lane AND state = 'waiting' AND bundle = :bundle
""")
_DROP = text("""
    UPDATE cocoom_slack_notice SET state = 'dropped', reason = 'summarised', finished_at = now()
    WHERE lane_id = :lane AND state = 'waiting' AND bundle = :bundle AND id <= :upto
""")


def summarise(dbsession: Session, found: Sequence[list[Waiting]], most: int) -> list[list[Waiting]]:
    """Replace the parts of an import by a summary where they are more than a message may carry. Returns what is left.

    In the transaction of the claim, so that nothing is added to these lanes meanwhile.
    """
    return [notices for notices in found if not _is_summarised(dbsession, notices, most)]


def _is_summarised(dbsession: Session, notices: Sequence[Waiting], most: int) -> bool:
    first = notices[0]
    if first.bundle is None or not first.bundle.startswith(BATCH):
        return False
    lane = {"lane": first.claim.lane_id, "bundle": first.bundle}
    size = dbsession.execute(_SIZE, lane).one()
    if size.parts <= most:
        return False
    try:
        tenant = load(first.kind, first.payload).tenant
        summaries.record(dbsession, tenant, [first.claim.lane_id], size.last, Cause.BATCH, first.bundle)
    except (InvalidEvent, NotConnected):
        # Told one by one they say what is the matter.
        return False
    dbsession.execute(_DROP, {**lane, "upto": size.last})
    release(dbsession, [first.claim])
    return True
