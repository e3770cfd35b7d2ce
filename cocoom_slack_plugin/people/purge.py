"""Purging strangers: whom nobody wanted to tell anything for long is no gap any more."""

from __future__ import annotations

from threading import Event as Flag

from sqlalchemy import text

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import transaction

PAGE = 1000

# By the primary key, a page at a time; who is locked by somebody else is left for the next purge.
_PAGE_OF_STRANGERS = text("""
    WITH page AS (
        SELECT tenant_id, user_id FROM cocoom_slack_stranger
        WHERE (tenant_id, user_id) > (:tenant, :user) ORDER BY tenant_id, user_id LIMIT :page
    ), old AS (
        SELECT s.tenant_id, s.user_id FROM cocoom_slack_stranger s JOIN page USING (tenant_id, user_id)
        WHERE s.last_missed_at < now() - make_interval(days => :days)
        ORDER BY s.tenant_id, s.user_id FOR UPDATE OF s SKIP LOCKED
    ), gone AS (
        DELETE FROM cocoom_slack_stranger s USING old
        WHERE s.tenant_id = old.tenant_id AND s.user_id = old.user_id RETURNING s.user_id
    )
    SELECT tenant_id, user_id, (SELECT count(*) FROM gone) AS deleted, (SELECT count(*) FROM page) AS rows
    FROM page ORDER BY tenant_id DESC, user_id DESC LIMIT 1
""")


def purge_strangers(hooks: Hooks, days: int, stop: Flag) -> int:
    """Delete the strangers who missed nothing for so many days, until none is left or ``stop`` is set.

    Each page is a short transaction of its own. Returns how many were deleted.
    """
    place, deleted = {"tenant": "", "user": ""}, 0
    while not stop.is_set():
        with transaction(hooks) as dbsession:
            given = {**place, "days": days, "page": PAGE}
            page = dbsession.execute(_PAGE_OF_STRANGERS, given).one_or_none()
        if page is None:
            break
        deleted += page.deleted
        if page.rows < PAGE:
            break
        place = {"tenant": page.tenant_id, "user": page.user_id}
    return deleted
