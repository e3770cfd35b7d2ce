"""The backlog: what waits, what does not work and why, per tenant. For `cocoom-slack backlog` and for monitoring.

Each statement is one aggregate over an index that holds nothing but what it counts, so that a million waiting notices
or a hundred thousand quiet tenants cost little. Tenants of whom there is nothing to say are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class LaneInTrouble:
    """A conversation whose last attempt did not succeed, and when the next one is due."""

    conversation: str
    reason: str
    attempts: int
    next_try: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """Why and until when nothing of the workspace is posted: ``seconds`` from now, 0 when that is past.

    ``failures`` are Slack's in a row.
    """

    reason: str | None
    failures: int
    until: datetime
    seconds: float


@dataclass(slots=True)
class Backlog:
    """One tenant's. Ages are in seconds, by the database's clock; ``strangers`` are people not found in Slack."""

    tenant_id: str
    waiting: int = 0
    oldest_seconds: float = 0.0
    undecided: int = 0
    dead_last_day: int = 0
    strangers: int = 0
    held_since: datetime | None = None
    pause: Pause | None = None
    troubles: list[LaneInTrouble] = field(default_factory=list)
    unrouted: int = 0
    """Posts and newcomers of the last day that no route means."""

    @property
    def is_behind(self) -> bool:
        """Whether there is anything but unrouted events, which are no fault of a delivery."""
        return self != Backlog(self.tenant_id, unrouted=self.unrouted)


# Literals for states throughout: the partial indexes are used for them, and not for a parameter that could be any.
_WAITING = text("""
    WITH lanes AS (
        SELECT n.lane_id, count(*) AS waiting, min(n.id) AS oldest
        FROM cocoom_slack_notice n
        WHERE n.state = 'waiting'
              AND (CAST(:tenant AS text) IS NULL
                   OR n.lane_id = ANY(ARRAY(SELECT id FROM cocoom_slack_lane WHERE tenant_id = :tenant)))
        GROUP BY n.lane_id
    )
    SELECT l.tenant_id, sum(lanes.waiting) AS waiting,
           extract(epoch FROM clock_timestamp() - min(n.created_at)) AS seconds
    FROM lanes
    JOIN cocoom_slack_lane l ON l.id = lanes.lane_id
    JOIN cocoom_slack_notice n ON n.id = lanes.oldest
    GROUP BY l.tenant_id
""")
_UNDECIDED = text("""
    SELECT tenant_id, count(*) AS undecided FROM cocoom_slack_event
    WHERE decided_at IS NULL AND (CAST(:tenant AS text) IS NULL OR tenant_id = :tenant)
    GROUP BY tenant_id
""")
_DEAD = text("""
    SELECT tenant_id, count(*) AS dead FROM cocoom_slack_notice
    WHERE state IN ('failed', 'unknown') AND (CAST(:tenant AS text) IS NULL OR tenant_id = :tenant)
          AND finished_at > clock_timestamp() - interval '1 day'
    GROUP BY tenant_id
""")
_STRANGERS = text("""
    SELECT tenant_id, count(*) AS strangers FROM cocoom_slack_stranger
    WHERE CAST(:tenant AS text) IS NULL OR tenant_id = :tenant
    GROUP BY tenant_id
""")
_HELD = text("""
    SELECT tenant_id, held_at FROM cocoom_slack_connection
    WHERE held_at IS NOT NULL AND (CAST(:tenant AS text) IS NULL OR tenant_id = :tenant)
""")
_PAUSES = text("""
    SELECT tenant_id, trouble, failures, ready_at,
           greatest(extract(epoch FROM ready_at - clock_timestamp()), 0) AS seconds
    FROM cocoom_slack_workspace
    WHERE (failures > 0 OR (trouble IS NOT NULL AND ready_at > clock_timestamp()))
          AND (CAST(:tenant AS text) IS NULL OR tenant_id = :tenant)
""")
_TROUBLES = text("""
    SELECT tenant_id, conversation, trouble, attempts, due_at FROM cocoom_slack_lane
    WHERE due_at IS NOT NULL AND trouble IS NOT NULL AND (CAST(:tenant AS text) IS NULL OR tenant_id = :tenant)
    ORDER BY tenant_id, due_at, id
""")
_UNROUTED = text("""
    SELECT tenant_id, count(*) AS unrouted FROM cocoom_slack_notice
    WHERE reason = 'no_route' AND (CAST(:tenant AS text) IS NULL OR tenant_id = :tenant)
          AND finished_at > now() - interval '1 day'
    GROUP BY tenant_id
""")


def look(dbsession: Session, tenant_id: str | None = None) -> list[Backlog]:
    """The backlogs of all tenants that have one, or of this one; by tenant."""
    found: dict[str, Backlog] = {}

    def rows(statement: TextClause) -> Iterable[tuple[Backlog, Row[*tuple[object, ...]]]]:
        for row in dbsession.execute(statement, {"tenant": tenant_id}):
            yield found.setdefault(row.tenant_id, Backlog(row.tenant_id)), row

    for each, row in rows(_WAITING):
        each.waiting, each.oldest_seconds = int(row.waiting), float(row.seconds)
    for each, row in rows(_UNDECIDED):
        each.undecided = row.undecided
    for each, row in rows(_DEAD):
        each.dead_last_day = row.dead
    for each, row in rows(_STRANGERS):
        each.strangers = row.strangers
    for each, row in rows(_HELD):
        each.held_since = row.held_at
    for each, row in rows(_PAUSES):
        each.pause = Pause(row.trouble, row.failures, row.ready_at, float(row.seconds))
    for each, row in rows(_TROUBLES):
        each.troubles.append(LaneInTrouble(row.conversation, row.trouble, row.attempts, row.due_at))
    for each, row in rows(_UNROUTED):
        each.unrouted = row.unrouted
    return [found[tenant] for tenant in sorted(found)]
