"""The first stage of delivery: new events become notices in lanes, in one short transaction a batch."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.errors import InvalidEvent
from cocoom_slack_plugin.notifications import preferences, routes
from cocoom_slack_plugin.notifications.decide import decide
from cocoom_slack_plugin.notifications.decision import Circumstances, Decision
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.notices import Decided, open_notices
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.notifications.tables import event
from cocoom_slack_plugin.notifications.to_people import addressee
from cocoom_slack_plugin.notifications.whereabouts import Whereabouts
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

Undecided = Row[Any]


def decide_batch(dbsession: Session, limit: int = BATCH, *, patience: float = 0.0) -> int:
    """Decide the oldest undecided events of each tenant and return how many were decided.

    ``patience`` is how many seconds an edit waits for further ones. One decider works at a time, so that the notices of
    a lane stand in the order in which the events were recorded; while another one works this returns 0 at once.
    """
    if not dbsession.scalar(select(func.pg_try_advisory_xact_lock(ONE_DECIDER))):
        return 0
    rows = dbsession.execute(_UNDECIDED, {"share": TENANT_SHARE, "most": limit}).all()
    if rows:
        open_notices(dbsession, _decide_all(dbsession, rows, patience))
        dbsession.execute(
            update(event).where(event.c.id.in_([r.id for r in rows])).values(decided_at=func.now())
        )
    return len(rows)


def _decide_all(dbsession: Session, rows: Sequence[Undecided], patience: float) -> list[Decided]:
    """The decisions in the order of the events, each knowing what those before it have come to."""
    read = [(row, _read(row)) for row in rows]
    found = routes.of_tenants(dbsession, {row.tenant_id for row in rows})
    wanted = preferences.of_users(dbsession, _addressees(read))
    told = Whereabouts(dbsession, [(row.tenant_id, row.kind, known) for row, known in read if known])
    now = dbsession.execute(select(func.now())).scalar_one()
    decided: list[Decided] = []
    for row, known in read:
        if known is None:
            # Written by another version of this code: said so in the record, and out of the way of the others.
            decided.append((row.tenant_id, row.id, Decision(None, DEFAULT_LOCALE, "unreadable")))
            continue
        given = Circumstances(
            now=now,
            routes=found[row.tenant_id],
            preferences=_of_addressee(row, known, wanted),
            told=told.of(row.tenant_id, row.kind, known),
            patience=patience,
        )
        decisions = _decide(row, known, given)
        told.note(row.tenant_id, row.kind, known, decisions)
        decided += [(row.tenant_id, row.id, each) for each in decisions]
    return decided


def _read(row: Undecided) -> Event | None:
    try:
        return load(row.kind, row.payload)
    except InvalidEvent:
        return None


def _decide(row: Undecided, known: Event, given: Circumstances) -> list[Decision]:
    try:
        return decide(row.kind, known, given)
    except Exception:
        # A fault of ours in one rule must not stop every tenant's events.
        log.exception("event %s of tenant %s cannot be decided", row.id, row.tenant_id)
        return [Decision(None, DEFAULT_LOCALE, "undecidable")]


def _addressees(read: Sequence[tuple[Undecided, Event | None]]) -> set[tuple[str, str]]:
    users = ((row.tenant_id, addressee(row.kind, known)) for row, known in read if known)
    return {(tenant_id, user.id) for tenant_id, user in users if user}


def _of_addressee(
    row: Undecided, known: Event, wanted: Mapping[tuple[str, str], Preferences]
) -> dict[str, Preferences]:
    user = addressee(row.kind, known)
    found = wanted.get((row.tenant_id, user.id)) if user else None
    return {user.id: found} if user and found else {}
