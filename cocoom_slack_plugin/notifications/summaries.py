"""Summarising: what waits in lanes becomes one event of our own for each, which walks the path of every other."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Event, Tenant, User
from cocoom_slack_plugin.errors import InvalidEvent, NotConnected
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.notifications.events import NOTICES_SUMMARISED, Cause, NoticesSummarised, load
from cocoom_slack_plugin.notifications.to_people import addressee

_WAITING = text("""
    WITH waiting AS (
        SELECT n.lane_id, n.id, n.locale, e.kind, e.recorded_at, e.payload
        FROM cocoom_slack_notice n JOIN cocoom_slack_event e ON e.id = n.event_pk
        WHERE n.lane_id = ANY(CAST(:lanes AS bigint[])) AND n.state = 'waiting' AND n.act = 'tell' AND n.id <= :upto
              AND e.kind <> 'connection_tested'
              AND (CAST(:bundle AS text) IS NULL OR n.bundle = :bundle)
    ), counted AS (
        SELECT lane_id, kind, 1 AS amount, recorded_at AS since, recorded_at AS until
        FROM waiting WHERE kind <> 'notices_summarised'
        UNION ALL
        -- A summary that could not be sent before the connection broke again is part of the next one.
        SELECT lane_id, part.key, CAST(part.value AS integer),
               CAST(payload->>'since' AS timestamptz), CAST(payload->>'until' AS timestamptz)
        FROM waiting, LATERAL jsonb_each_text(payload->'counts') AS part WHERE kind = 'notices_summarised'
    ), by_kind AS (
        SELECT lane_id, kind, sum(amount) AS amount, min(since) AS since, max(until) AS until
        FROM counted GROUP BY lane_id, kind
    ), by_lane AS (
        SELECT lane_id, jsonb_object_agg(kind, amount) AS counts, min(since) AS since, max(until) AS until
        FROM by_kind GROUP BY lane_id
    ), newest AS (
        SELECT lane_id, max(id) AS id FROM waiting GROUP BY lane_id
    )
    SELECT l.conversation, b.counts, b.since, b.until, n.locale, e.kind, e.payload
    FROM by_lane b
    JOIN cocoom_slack_lane l ON l.id = b.lane_id
    JOIN newest ON newest.lane_id = b.lane_id
    JOIN cocoom_slack_notice n ON n.id = newest.id
    JOIN cocoom_slack_event e ON e.id = n.event_pk
    ORDER BY l.id
""")


def record(
    dbsession: Session,
    tenant: Tenant,
    lanes: Sequence[int],
    upto: int,
    cause: Cause = Cause.DISCONNECTED,
    bundle: str | None = None,
) -> int:
    """Record an event for each of these lanes in which news wait, up to this notice. Returns how many.

    With a ``bundle`` only the notices of that one are meant.
    Raises NotConnected when the tenant's notifications are off, because nothing can be recorded then.
    """
    meant = {"lanes": list(lanes), "upto": upto, "bundle": bundle}
    rows = dbsession.execute(_WAITING, meant).all()
    for row in rows:
        if not outbox.record(dbsession, NOTICES_SUMMARISED, _summary(tenant, row, cause)):
            raise NotConnected(f"{tenant.subdomain}: notifications are off")
    return len(rows)


def _summary(tenant: Tenant, row: Row[Any], cause: Cause) -> NoticesSummarised:
    return NoticesSummarised(
        tenant=tenant,
        event_id=f"summary-{secrets.token_hex(8)}",
        occurred_at=datetime.now(UTC),
        actor=_newest(row).actor if cause is Cause.BATCH else None,
        conversation=row.conversation,
        locale=row.locale,
        counts={kind: int(amount) for kind, amount in row.counts.items()},
        since=row.since,
        until=row.until,
        cause=cause,
        addressee=_addressee(row) if row.conversation.startswith(PERSONAL) else None,
    )


def _addressee(row: Row[Any]) -> User | None:
    """As the newest event knows them. None for one that another version wrote: they may be known by now."""
    try:
        return addressee(row.kind, _newest(row))
    except InvalidEvent:
        return None


def _newest(row: Row[Any]) -> Event:
    return load(row.kind, row.payload)
