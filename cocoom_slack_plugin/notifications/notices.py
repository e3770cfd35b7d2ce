"""Writing decisions down: notices in lanes, which become due with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.decision import Decision
from cocoom_slack_plugin.notifications.tables import lane, workspace

Lane = tuple[str, str]  # tenant id, conversation
Decided = tuple[str, int, Decision]  # tenant id, the event's primary key


def open_notices(dbsession: Session, decided: Sequence[Decided]) -> None:
    """Notices in the order of the events, which is the order in which their lanes will tell them."""
    lanes = _open_lanes(dbsession, decided)
    decisions = [each for _, _, each in decided]
    dbsession.execute(
        _NOTICES,
        {
            "tenants": [tenant_id for tenant_id, _, _ in decided],
            "events": [event_pk for _, event_pk, _ in decided],
            "lanes": [lanes.get((tenant_id, each.conversation or "")) for tenant_id, _, each in decided],
            "routes": [each.route for each in decisions],
            "locales": [each.locale for each in decisions],
            "doubts": [each.on_doubt for each in decisions],
            "acts": [each.act.value for each in decisions],
            "replies": [each.reply for each in decisions],
            "broadcasts": [each.broadcast for each in decisions],
            "times": [each.not_before for each in decisions],
            "bundles": [each.bundle for each in decisions],
            "reasons": [each.dropped for each in decisions],
        },
    )


def _open_lanes(dbsession: Session, decided: Sequence[Decided]) -> dict[Lane, int]:
    """The lanes' ids. A lane becomes due when its first notice may be told, unless it has an earlier reason."""
    wanted: dict[Lane, list[datetime | None]] = defaultdict(list)
    for tenant_id, _, each in decided:
        if each.conversation:
            wanted[tenant_id, each.conversation].append(each.not_before)
    keys = sorted(wanted)
    if not keys:
        return {}
    # In the order in which recording locks them: otherwise the two could wait for each other's rows.
    there = select(lane.c.id).where(tuple_(lane.c.tenant_id, lane.c.conversation).in_(keys))
    dbsession.execute(there.order_by(lane.c.id).with_for_update())
    workspaces = [{"tenant_id": each} for each in sorted({tenant_id for tenant_id, _ in keys})]
    dbsession.execute(upsert(workspace).values(workspaces).on_conflict_do_nothing())
    columns = {
        "tenants": [tenant_id for tenant_id, _ in keys],
        "conversations": [conversation for _, conversation in keys],
        "dues": [None if None in wanted[key] else min(filter(None, wanted[key])) for key in keys],
    }
    rows = dbsession.execute(_LANES, columns)
    return {(row.tenant_id, row.conversation): row.id for row in rows}


# A conversation that is told something for the first time has rested for as long as one likes.
_LANES = text("""
    INSERT INTO cocoom_slack_lane AS l (tenant_id, conversation, due_at, ready_at)
    SELECT tenant_id, conversation, coalesce(due_at, now()), now() - interval '30 minutes'
    FROM unnest(CAST(:tenants AS text[]), CAST(:conversations AS text[]), CAST(:dues AS timestamptz[]))
         AS wanted(tenant_id, conversation, due_at)
    ON CONFLICT (tenant_id, conversation)
    DO UPDATE SET due_at = least(l.due_at, greatest(l.ready_at, excluded.due_at))
    RETURNING id, tenant_id, conversation
""")


# One statement for all, taken apart by unnest: a row each would cost more than deciding. Whoever joins a bundle that
# waits already is told with it.
_NOTICES = text("""
    INSERT INTO cocoom_slack_notice (tenant_id, event_pk, lane_id, route_id, locale, on_doubt, act, reply, broadcast,
                                     not_before, bundle, state, reason, finished_at)
    SELECT n.tenant_id, n.event_pk, n.lane_id, n.route_id, n.locale, n.on_doubt, n.act, n.reply, n.broadcast,
           CASE WHEN n.bundle IS NULL THEN n.not_before ELSE coalesce((
               SELECT min(w.not_before) FROM cocoom_slack_notice w
               WHERE w.lane_id = n.lane_id AND w.state = 'waiting' AND w.not_before IS NOT NULL AND w.bundle = n.bundle
           ), n.not_before) END,
           n.bundle, CASE WHEN n.reason IS NULL THEN 'waiting' ELSE 'dropped' END, n.reason,
           CASE WHEN n.reason IS NOT NULL THEN now() END
    FROM unnest(CAST(:tenants AS text[]), CAST(:events AS bigint[]), CAST(:lanes AS bigint[]),
                CAST(:routes AS bigint[]), CAST(:locales AS text[]), CAST(:doubts AS text[]), CAST(:acts AS text[]),
                CAST(:replies AS boolean[]), CAST(:broadcasts AS boolean[]), CAST(:times AS timestamptz[]),
                CAST(:bundles AS text[]), CAST(:reasons AS text[]))
         WITH ORDINALITY AS n(tenant_id, event_pk, lane_id, route_id, locale, on_doubt, act, reply, broadcast,
                              not_before, bundle, reason, place)
    ORDER BY place
""")
