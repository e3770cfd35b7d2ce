"""The first stage of delivery: new events become notices in lanes, in one short transaction a batch."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.errors import InvalidEvent
from cocoom_slack_plugin.notifications.decide import Decision, Route, decide
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.tables import event, lane, route, workspace
from cocoom_slack_plugin.translations import DEFAULT_LOCALE

log = logging.getLogger(__name__)

ONE_DECIDER = 0x636F636F6F6D  # "cocoom"; the key of the advisory lock
BATCH = 500

TENANT_SHARE = 100
"""How many events of one tenant a batch holds at most, so that the others' are decided soon all the same."""

# Each tenant's first event before anybody's second; within a tenant in the order of recording.
_UNDECIDED = text("""
    WITH RECURSIVE walk(tenant_id) AS (
        (SELECT tenant_id FROM cocoom_slack_event WHERE decided_at IS NULL ORDER BY tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT e.tenant_id FROM cocoom_slack_event e
                WHERE e.decided_at IS NULL AND e.tenant_id > w.tenant_id ORDER BY e.tenant_id LIMIT 1)
        FROM walk w WHERE w.tenant_id IS NOT NULL
    ), chosen AS (
        SELECT first.id, row_number() OVER (PARTITION BY walk.tenant_id ORDER BY first.id) AS place
        FROM walk CROSS JOIN LATERAL (
            SELECT e.id FROM cocoom_slack_event e
            WHERE e.decided_at IS NULL AND e.tenant_id = walk.tenant_id ORDER BY e.id LIMIT :share
        ) AS first
        ORDER BY place, first.id LIMIT :most
    )
    SELECT id, tenant_id, kind, CAST(payload AS text) AS payload
    FROM cocoom_slack_event JOIN chosen USING (id) ORDER BY id
""")

Lane = tuple[str, str]  # tenant id, conversation


def decide_batch(dbsession: Session, limit: int = BATCH) -> int:
    """Decide the oldest undecided events of each tenant and return how many were decided.

    One decider works at a time, so that the notices of a lane stand in the order in which the events were recorded;
    while another one works this returns 0 at once.
    """
    if not dbsession.scalar(select(func.pg_try_advisory_xact_lock(ONE_DECIDER))):
        return 0
    rows = dbsession.execute(_UNDECIDED, {"share": TENANT_SHARE, "most": limit}).all()
    if rows:
        routes = _routes(dbsession, {row.tenant_id for row in rows})
        decided = [(row, decision) for row in rows for decision in _decide(row, routes[row.tenant_id])]
        lanes = _open_lanes(dbsession, {(r.tenant_id, d.conversation) for r, d in decided if d.conversation})
        _open_notices(dbsession, decided, lanes)
        dbsession.execute(
            update(event).where(event.c.id.in_([r.id for r in rows])).values(decided_at=func.now())
        )
    return len(rows)


def _decide(row: Row[*tuple[Any, ...]], routes: Sequence[Route]) -> list[Decision]:
    try:
        return decide(row.kind, load(row.kind, row.payload), routes)
    except InvalidEvent:
        # Written by another version of this code: said so in the record, and out of the way of the others.
        return [Decision(None, DEFAULT_LOCALE, "unreadable")]
    except Exception:
        # A fault of ours in one rule must not stop every tenant's events.
        log.exception("event %s of tenant %s cannot be decided", row.id, row.tenant_id)
        return [Decision(None, DEFAULT_LOCALE, "undecidable")]


def _routes(dbsession: Session, tenants: Iterable[str]) -> dict[str, list[Route]]:
    found: dict[str, list[Route]] = defaultdict(list)
    columns = select(*route.c["tenant_id", "subject", "channel", "thread_id", "locale", "on_doubt"])
    for tenant_id, *fields in dbsession.execute(
        columns.where(route.c.tenant_id.in_(sorted(tenants))).order_by(route.c.id)
    ):
        found[tenant_id].append(Route(*fields))
    return found


def _open_lanes(dbsession: Session, wanted: Iterable[Lane]) -> dict[Lane, int]:
    """The lanes' ids. A lane without waiting notices becomes due, one that has some keeps its time."""
    keys = sorted(wanted)
    if not keys:
        return {}
    # In the order in which recording locks them: otherwise the two could wait for each other's rows.
    there = select(lane.c.id).where(tuple_(lane.c.tenant_id, lane.c.conversation).in_(keys))
    dbsession.execute(there.order_by(lane.c.id).with_for_update())
    # A conversation that is told something for the first time has rested for as long as one likes.
    rested = func.now() - timedelta(minutes=30)
    values = [{"tenant_id": t, "conversation": c, "due_at": func.now(), "ready_at": rested} for t, c in keys]
    statement = upsert(lane).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "conversation"],
        set_={"due_at": func.coalesce(lane.c.due_at, func.greatest(lane.c.ready_at, func.now()))},
    )
    workspaces = [{"tenant_id": each} for each in sorted({tenant_id for tenant_id, _ in keys})]
    dbsession.execute(upsert(workspace).values(workspaces).on_conflict_do_nothing())
    rows = dbsession.execute(statement.returning(lane.c.id, lane.c.tenant_id, lane.c.conversation))
    return {(row.tenant_id, row.conversation): row.id for row in rows}


# One statement for all, taken apart by unnest: a row each would cost more than deciding.
_NOTICES = text("""
    INSERT INTO cocoom_slack_notice (tenant_id, event_pk, lane_id, locale, on_doubt, state, reason, finished_at)
    SELECT tenant_id, event_pk, lane_id, locale, on_doubt,
           CASE WHEN reason IS NULL THEN 'waiting' ELSE 'dropped' END, reason,
           CASE WHEN reason IS NOT NULL THEN now() END
    FROM unnest(CAST(:tenants AS text[]), CAST(:events AS bigint[]), CAST(:lanes AS bigint[]), CAST(:locales AS text[]),
                CAST(:doubts AS text[]), CAST(:reasons AS text[]))
         WITH ORDINALITY AS n(tenant_id, event_pk, lane_id, locale, on_doubt, reason, place)
    ORDER BY place
""")


def _open_notices(
    dbsession: Session, decided: Sequence[tuple[Row[*tuple[Any, ...]], Decision]], lanes: Mapping[Lane, int]
) -> None:
    """Notices in the order of the events, which is the order in which their lanes will tell them."""
    dbsession.execute(
        _NOTICES,
        {
            "tenants": [row.tenant_id for row, _ in decided],
            "events": [row.id for row, _ in decided],
            "lanes": [lanes.get((row.tenant_id, each.conversation or "")) for row, each in decided],
            "locales": [each.locale for _, each in decided],
            "doubts": [each.on_doubt for _, each in decided],
            "reasons": [each.dropped for _, each in decided],
        },
    )
