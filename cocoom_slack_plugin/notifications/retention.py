"""Retention: what ended long ago is deleted; what still waits, or is undecided, never.

A purge walks through each table by its primary key, a page of rows in a short transaction of its own. Rows that
somebody else has locked are left for the next purge, so that nobody waits for this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event as Flag

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.people.purge import purge_strangers

PAGE = 1000

# Events and messages are numbered in the order of time: behind a page without an old row there are no old ones.
_OLD_EVENTS = text("""
    SELECT max(id) AS last, count(*) AS rows,
           coalesce(bool_or(recorded_at < now() - make_interval(days => :days)), false) AS goes_on
    FROM (SELECT id, recorded_at FROM cocoom_slack_event WHERE id > :after ORDER BY id LIMIT :page) AS page
""")
_OLD_MESSAGES = text("""
    SELECT max(id) AS last, count(*) AS rows,
           coalesce(bool_or(posted_at < now() - make_interval(days => :days)), false) AS goes_on
    FROM (SELECT id, posted_at FROM cocoom_slack_message WHERE id > :after ORDER BY id LIMIT :page) AS page
""")
_OLD_LANES = text("""
    SELECT max(id) AS last, count(*) AS rows, count(*) > 0 AS goes_on
    FROM (SELECT id FROM cocoom_slack_lane
          WHERE id > :after AND due_at IS NULL AND ready_at < now() - make_interval(days => :days)
          ORDER BY id LIMIT :page) AS page
""")

# Notices first, by a condition on themselves: one that is put back to waiting at this moment is not deleted, and its
# event then has a notice and stays.
_NOTICES_OF_EVENTS = text("""
    WITH ended AS (
        SELECT e.id FROM cocoom_slack_event e CROSS JOIN LATERAL (
            SELECT coalesce(bool_or(n.finished_at IS NULL), false) AS waits, max(n.finished_at) AS finished_at,
                   CASE WHEN e.post_id IS NOT NULL AND bool_or(n.state = 'sent') THEN :post_days ELSE :days END AS days
            FROM cocoom_slack_notice n WHERE n.event_pk = e.id
        ) AS notices
        WHERE e.id > :after AND e.id <= :last AND NOT notices.waits
              AND greatest(e.decided_at, notices.finished_at) < now() - make_interval(days => notices.days)
              AND e.decided_at IS NOT NULL
    ), free AS (
        SELECT n.id FROM cocoom_slack_notice n
        WHERE n.event_pk IN (SELECT id FROM ended) AND n.finished_at IS NOT NULL AND n.state <> 'waiting'
        ORDER BY n.id FOR UPDATE SKIP LOCKED
    )
    DELETE FROM cocoom_slack_notice n USING free WHERE n.id = free.id
""")
_EVENTS = text("""
    DELETE FROM cocoom_slack_event e
    WHERE e.id > :after AND e.id <= :last AND e.decided_at < now() - make_interval(days => :days)
          AND NOT EXISTS (SELECT FROM cocoom_slack_notice n WHERE n.event_pk = e.id)
""")
_MESSAGES = text("""
    DELETE FROM cocoom_slack_message m
    WHERE m.id > :after AND m.id <= :last AND m.posted_at < now() - make_interval(days => :days)
          AND NOT EXISTS (SELECT FROM cocoom_slack_notice n WHERE n.message_id = m.id)
""")
_IDLE_LANES = text("""
    WITH idle AS (
        SELECT l.id FROM cocoom_slack_lane l
        WHERE l.id > :after AND l.id <= :last AND l.due_at IS NULL
              AND l.ready_at < now() - make_interval(days => :days)
              AND (l.lease_until IS NULL OR l.lease_until < now())
              AND NOT EXISTS (SELECT FROM cocoom_slack_notice n WHERE n.lane_id = l.id)
              AND NOT EXISTS (SELECT FROM cocoom_slack_message m WHERE m.lane_id = l.id)
        ORDER BY l.id FOR UPDATE SKIP LOCKED
    )
    DELETE FROM cocoom_slack_lane l USING idle WHERE l.id = idle.id
""")

# In this order: messages are free once their notices are gone, lanes once both are.
_WALKS = (
    (_OLD_EVENTS, (_NOTICES_OF_EVENTS, _EVENTS)),
    (_OLD_MESSAGES, (_MESSAGES,)),
    (_OLD_LANES, (_IDLE_LANES,)),
)


@dataclass(frozen=True, slots=True)
class Periods:
    """For how many days what has ended is kept. What was told of posts is kept for ``posts`` days, so that it can still
    be withdrawn."""

    others: int
    posts: int


def purge(hooks: Hooks, keep: Periods, stop: Flag) -> int:
    """Delete what ended longer ago than it is kept, until nothing is left or ``stop`` is set.

    Strangers go with what they missed. Returns the number of rows deleted.
    """
    ended = sum(_walk(hooks, keep, stop, look, deletions) for look, deletions in _WALKS)
    return ended + purge_strangers(hooks, keep.others, stop)


def _walk(
    hooks: Hooks, keep: Periods, stop: Flag, look: TextClause, deletions: tuple[TextClause, ...]
) -> int:
    after, deleted = 0, 0
    while not stop.is_set():
        with transaction(hooks) as dbsession:
            page = dbsession.execute(look, {"after": after, "days": keep.others, "page": PAGE}).one()
            if page.goes_on and page.rows:
                bounds = {
                    "after": after,
                    "last": page.last,
                    "days": keep.others,
                    "post_days": max(keep.others, keep.posts),
                }
                deleted += sum(_delete(dbsession, each, bounds) for each in deletions)
        if not page.goes_on or page.rows < PAGE:
            break
        after = page.last
    return deleted


def _delete(dbsession: Session, deletion: TextClause, bounds: dict[str, int]) -> int:
    return int(dbsession.execute(deletion, bounds).rowcount)  # type: ignore[attr-defined]
