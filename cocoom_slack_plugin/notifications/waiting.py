"""Reading what waits in claimed lanes, as far as its time has come, with what became of each post meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.claims import Claim, Waiting
from cocoom_slack_plugin.notifications.decision import Act
from cocoom_slack_plugin.notifications.kinds import COMMENT_GONE, GONE
from cocoom_slack_plugin.notifications.recording import release
from cocoom_slack_plugin.notifications.whereabouts import CARDS

NEWER = f"""
    SELECT c.kind, CAST(c.payload->'post' AS text) AS post FROM cocoom_slack_event c
    WHERE c.tenant_id = e.tenant_id AND c.post_id = e.post_id AND c.id > e.id AND (
        c.kind IN ({", ".join(f"'{each}'" for each in sorted(GONE | {"publication_edited"}))})
        OR (c.kind IN ({", ".join(f"'{each}'" for each in sorted(COMMENT_GONE))})
            AND e.kind = 'comment_added' AND c.payload #>> '{{comment,id}}' = e.payload #>> '{{comment,id}}'))
    ORDER BY c.kind = 'publication_edited', c.id DESC LIMIT 1
"""  # noqa: S608 - constants alone
"""What happened to the post, or the comment, of event ``e`` after it: that it is gone before its newest title."""

_PARENT = f"""
    SELECT m.ts FROM cocoom_slack_event pe
    JOIN cocoom_slack_notice pn ON pn.event_pk = pe.id AND pn.lane_id = l.id AND pn.act = 'tell'
    JOIN cocoom_slack_message m ON m.id = pn.message_id AND m.ts IS NOT NULL AND m.parent_ts IS NULL
    WHERE pe.tenant_id = e.tenant_id AND pe.post_id = e.post_id
      AND pe.kind IN ({", ".join(f"'{each}'" for each in CARDS)})
    ORDER BY m.id DESC LIMIT 1
"""  # noqa: S608 - constants alone

# Those without a time, and those whose time has come, each by its own index; together in the order of the events.
_WAITING = text(f"""
    SELECT l.id AS lane_id, n.id, n.locale, n.on_doubt, n.act, n.broadcast, n.bundle, e.kind,
           CAST(e.payload AS text) AS payload, newer.kind AS newer_kind, newer.post AS newer_post,
           CASE WHEN n.reply THEN ({_PARENT}) END AS parent_ts
    FROM cocoom_slack_lane l
    CROSS JOIN LATERAL (
        (SELECT * FROM cocoom_slack_notice w
         WHERE w.lane_id = l.id AND w.state = 'waiting' AND w.not_before IS NULL ORDER BY w.id LIMIT :most)
        UNION ALL
        (SELECT * FROM cocoom_slack_notice w
         WHERE w.lane_id = l.id AND w.state = 'waiting' AND w.not_before <= clock_timestamp()
         ORDER BY w.not_before, w.id LIMIT :most)
    ) AS n
    JOIN cocoom_slack_event e ON e.id = n.event_pk
    LEFT JOIN LATERAL ({NEWER}) AS newer ON e.post_id IS NOT NULL
    WHERE l.id = ANY(CAST(:lanes AS bigint[]))
    ORDER BY l.id, n.id
""")  # noqa: S608 - constants alone


def waiting(dbsession: Session, claims: Iterable[Claim], most: int) -> list[list[Waiting]]:
    """For each lane the first notices that may be told now, at most ``most``. A lane without any is given back."""
    by_lane = {each.lane_id: each for each in claims}
    found: dict[int, list[Waiting]] = defaultdict(list)
    for row in dbsession.execute(_WAITING, {"lanes": list(by_lane), "most": most}):
        if len(found[row.lane_id]) < most:
            _, notice_id, locale, on_doubt, act, *others = row
            found[row.lane_id].append(
                Waiting(by_lane[row.lane_id], notice_id, locale, on_doubt, Act(act), *others)
            )
    release(dbsession, [each for lane_id, each in by_lane.items() if lane_id not in found])
    return list(found.values())
