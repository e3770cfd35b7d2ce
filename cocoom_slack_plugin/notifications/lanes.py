"""Lanes in the database: claiming those that are due, and keeping claims alive.

A claim is a lease with a fencing number: after the lease ran out another worker may claim the lane with a higher one
(security.md C2). ``waiting`` reads what waits in claimed lanes, ``recording`` is the other half.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.breaker import OPENS_AT
from cocoom_slack_plugin.notifications.claims import Claim
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.tables import event, lane
from cocoom_slack_plugin.settings import Settings

# The walk from tenant to tenant costs one step in the index for each that has something waiting, however much it is;
# and what is looked up for each of them is limited to one row, so that no plan reads all connections there are.
_WALK = """
    WITH RECURSIVE walk(tenant_id) AS (
        (SELECT tenant_id FROM cocoom_slack_lane WHERE due_at IS NOT NULL ORDER BY tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT l.tenant_id FROM cocoom_slack_lane l
                WHERE l.due_at IS NOT NULL AND l.tenant_id > w.tenant_id ORDER BY l.tenant_id LIMIT 1)
        FROM walk w WHERE w.tenant_id IS NOT NULL
    ), running AS (
        SELECT walk.tenant_id FROM walk CROSS JOIN LATERAL (
            SELECT FROM cocoom_slack_connection c
            WHERE c.tenant_id = walk.tenant_id AND c.notifications_enabled AND c.health = 'ok' AND c.held_at IS NULL
            LIMIT 1
        ) AS connected
    )
"""

# A workspace's budget is spent by one claim at a time; what somebody else has locked just now is passed over.
_DUE = text(f"""
    {_WALK}, open AS (
        SELECT running.tenant_id, coalesce(busy.lanes, 0) AS busy, s.failures >= :opens_at AS probe, least(
            :share - coalesce(busy.lanes, 0),
            CASE WHEN s.failures >= :opens_at THEN 1
                 WHEN :interval = 0 THEN :share
                 ELSE floor(least(extract(epoch FROM clock_timestamp() - s.ready_at), :rest) / :interval) + 1 END
        )::int AS room
        FROM running
        CROSS JOIN LATERAL (
            SELECT failures, ready_at FROM cocoom_slack_workspace w
            WHERE w.tenant_id = running.tenant_id AND w.ready_at <= clock_timestamp()
            LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS s
        LEFT JOIN unnest(CAST(:busy_tenants AS text[]), CAST(:busy_lanes AS int[])) AS busy(tenant_id, lanes)
            ON busy.tenant_id = running.tenant_id
    )
    SELECT id, probe FROM (
        SELECT due.id, due.due_at, open.probe,
               open.busy + row_number() OVER (PARTITION BY open.tenant_id ORDER BY due.due_at) AS place
        FROM open CROSS JOIN LATERAL (
            SELECT l.id, l.due_at FROM cocoom_slack_lane l
            WHERE l.tenant_id = open.tenant_id AND l.due_at <= clock_timestamp()
              AND (l.lease_until IS NULL OR l.lease_until < clock_timestamp())
            ORDER BY l.due_at LIMIT greatest(open.room, 0) FOR UPDATE SKIP LOCKED
        ) AS due
    ) AS found
    ORDER BY place, due_at LIMIT :most
""")  # noqa: S608 - constants alone

# A lease that nobody gave back is a doubt: its holder may have been killed between Slack's answer and the record.
_CLAIM = text("""
    UPDATE cocoom_slack_lane l
    SET fence = fence + 1, lease_until = clock_timestamp() + make_interval(secs => :lease),
        doubted_at = coalesce(doubted_at, lease_until)
    WHERE id = ANY(CAST(:ids AS bigint[]))
    RETURNING l.id, l.tenant_id, l.conversation, l.fence, l.attempts,
              extract(epoch FROM clock_timestamp() - l.ready_at)::float8, l.doubted_at, l.doubt_upto
""")

# While the breaker is open, one lane at a time finds out whether Slack is back.
_CHARGE = text("""
    UPDATE cocoom_slack_workspace s SET ready_at = CASE
        WHEN s.failures >= :opens_at THEN clock_timestamp() + make_interval(secs => :probe)
        ELSE greatest(s.ready_at, clock_timestamp() - make_interval(secs => :rest))
             + make_interval(secs => taken.lanes * :interval) END
    FROM unnest(CAST(:tenants AS text[]), CAST(:lanes AS int[])) AS taken(tenant_id, lanes)
    WHERE s.tenant_id = taken.tenant_id
""")


def claim(
    dbsession: Session, most: int, settings: Settings, busy: Mapping[str, int] | None = None
) -> list[Claim]:
    """Claim up to ``most`` due lanes of healthy connections: each tenant's next before anybody's after next, and among
    these the longest due first.

    No tenant gets more than its share, of which ``busy`` counts what this worker has under way already, nor more than
    its workspace's budget allows now.
    """
    pace, busy = Pace.of_workspace(settings), busy or {}
    given = {"interval": pace.interval, "rest": pace.rest, "opens_at": OPENS_AT}
    shares = {"share": settings.tenant_share, "busy_tenants": list(busy), "busy_lanes": list(busy.values())}
    due = {row.id: row.probe for row in dbsession.execute(_DUE, {**given, **shares, "most": most})}
    if not due:
        return []
    rows = dbsession.execute(_CLAIM, {"ids": list(due), "lease": settings.lease})
    claims = [replace(Claim(*row), probe=due[row[0]]) for row in rows]
    taken: dict[str, int] = defaultdict(int)
    for each in claims:
        taken[each.tenant_id] += 1
    charge = {"tenants": list(taken), "lanes": list(taken.values()), "probe": settings.slack_timeout + 1}
    dbsession.execute(_CHARGE, {**given, **charge})
    return claims


# Lanes that somebody is recording or deciding just now are passed over: the next beat comes soon.
_RENEW = text("""
    WITH free AS (
        SELECT l.id FROM cocoom_slack_lane l
        JOIN unnest(CAST(:ids AS bigint[]), CAST(:fences AS bigint[])) AS held(id, fence) USING (id, fence)
        WHERE l.lease_until IS NOT NULL FOR UPDATE OF l SKIP LOCKED
    )
    UPDATE cocoom_slack_lane l SET lease_until = clock_timestamp() + make_interval(secs => :lease)
    FROM free WHERE l.id = free.id RETURNING l.id
""")


def renew(dbsession: Session, held: Sequence[Claim], lease: float) -> tuple[set[int], set[int]]:
    """Keep claims for ``lease`` more seconds. Returns the lanes that are renewed, and those that somebody else has."""
    ids, fences = [each.lane_id for each in held], [each.fence for each in held]
    renewed = set(dbsession.scalars(_RENEW, {"ids": ids, "fences": fences, "lease": lease}))
    rows = dbsession.execute(select(lane.c.id, lane.c.fence).where(lane.c.id.in_(ids)))
    known = {row.id: row.fence for row in rows}
    return renewed, {each.lane_id for each in held if known.get(each.lane_id) != each.fence}


def announce(dbsession: Session, claim: Claim, notice_id: int) -> bool:
    """Note up to which notice the next message of this lane reaches, before it is posted.

    Whoever takes over knows then what must not be doubled. Returns whether the claim still holds.
    """
    held = update(lane).where(lane.c.id == claim.lane_id, lane.c.fence == claim.fence)
    return dbsession.execute(held.values(doubt_upto=notice_id)).rowcount == 1  # type: ignore[attr-defined,no-any-return]


_SOONEST = text(f"""
    {_WALK}
    SELECT extract(epoch FROM min(greatest(lanes.free_at, s.ready_at)) - clock_timestamp())
    FROM running
    CROSS JOIN LATERAL (
        SELECT ready_at FROM cocoom_slack_workspace w WHERE w.tenant_id = running.tenant_id LIMIT 1
    ) AS s
    CROSS JOIN LATERAL (
        SELECT min(greatest(l.due_at, l.lease_until)) AS free_at FROM cocoom_slack_lane l
        WHERE l.tenant_id = running.tenant_id AND l.due_at IS NOT NULL
    ) AS lanes
""")  # noqa: S608 - constants alone


def seconds_to_next(dbsession: Session) -> float | None:
    """How long until work is due: 0 or less when some is, None when nothing waits at all."""
    if dbsession.scalar(select(event.c.id).where(event.c.decided_at.is_(None)).limit(1)):
        return 0.0
    seconds = dbsession.scalar(_SOONEST)
    return None if seconds is None else float(seconds)
