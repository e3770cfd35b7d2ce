"""Which of the threads and tags that a route names were seen in recorded events. The host has no service that knows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.route import Route, tag_key

SEEN_DAYS = 14

# One walk over the tenant's posts of these days, however many names are asked for.
_SEEN = text("""
    SELECT e.payload #>> '{post,thread,id}' AS thread, e.payload #> '{post,tags}' AS tags
    FROM cocoom_slack_event e
    WHERE e.tenant_id = :tenant AND e.post_id IS NOT NULL AND e.recorded_at > now() - make_interval(days => :days)
    GROUP BY 1, 2
""")


def unseen(dbsession: Session, tenant_id: str, routes: Iterable[Route], days: int = SEEN_DAYS) -> list[str]:
    """A sentence for each thread and tag of these routes that no post of the last ``days`` had."""
    asked = list(routes)
    threads = {name for each in asked for name in each.threads | each.not_threads}
    tags = {name for each in asked for name in each.tags | each.not_tags}
    if not threads and not tags:
        return []
    for row in dbsession.execute(_SEEN, {"tenant": tenant_id, "days": days}):
        threads.discard(row.thread)
        tags -= {tag_key(each) for each in row.tags or ()}
    return [
        *(f"no post of the thread {each} was seen in {days} days" for each in sorted(threads)),
        *(f"no post tagged {each} was seen in {days} days" for each in sorted(tags)),
    ]
