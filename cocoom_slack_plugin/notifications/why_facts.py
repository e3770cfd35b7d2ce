"""What is known of one event: everything that ``why`` explains from, read in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Event, Tenant
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import InvalidEvent
from cocoom_slack_plugin.notifications import preferences, routes
from cocoom_slack_plugin.notifications.decision import Circumstances
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.past_events import first_recorded
from cocoom_slack_plugin.notifications.tables import event as recorded
from cocoom_slack_plugin.notifications.tables import workspace
from cocoom_slack_plugin.notifications.to_people import addressee
from cocoom_slack_plugin.notifications.whereabouts import CARDS
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person
from cocoom_slack_plugin.people.tables import stranger
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``event`` is None where this version cannot read it; ``found`` where nothing was recorded under ``asked``.

    ``kept_since`` is when the oldest event was recorded that is still there; ``notices`` are the rows of _NOTICES.
    """

    tenant: Tenant
    asked: str
    now: datetime
    may_notify: bool
    notice_days: int
    kept_since: datetime | None
    connection: Connection | None
    pause: Row[Any] | None
    found: Row[Any] | None = None
    event: Event | None = None
    given: Circumstances
    person: Person | None = None
    stranger: Row[Any] | None = None
    notices: Sequence[Row[Any]] = ()


def tenants_with(dbsession: Session, tenants: Sequence[str], event_id: str) -> list[str]:
    """Those of these tenants of whom an event with this id is recorded."""
    its = recorded.c.event_id == event_id
    found = select(recorded.c.tenant_id).where(recorded.c.tenant_id.in_(tenants), its)
    return list(dbsession.scalars(found.order_by(recorded.c.tenant_id)))


_FIND = """
    SELECT id, event_id, kind, CAST(payload AS text) AS payload, post_id, recorded_at, decided_at
    FROM cocoom_slack_event
    WHERE tenant_id = :tenant AND {condition}
    ORDER BY event_id = :asked DESC, kind = ANY(CAST(:cards AS text[])) DESC, id DESC LIMIT 1
"""
"""Of a post's events the one that made it known, else the newest."""
_BY_ID = text(_FIND.format(condition="(event_id = :asked OR post_id = :asked)"))
# Without an index, and so only for what can be an address.
_BY_ADDRESS = text(_FIND.format(condition="payload #>> '{post,url}' = :asked"))

_NOTICES = text("""
    SELECT n.id, n.act, n.route_id, n.state, n.reason, n.not_before, n.bundle, n.reply, n.created_at, n.finished_at,
           l.conversation, l.trouble, l.attempts, l.due_at, l.doubted_at, l.lease_until > now() AS is_served,
           (SELECT count(*) FROM cocoom_slack_notice w
            WHERE w.lane_id = n.lane_id AND w.state = 'waiting' AND w.id < n.id) AS ahead,
           m.outcome, m.channel, m.ts, m.parent_ts, m.posted_at, m.amended_by, m.trouble AS message_trouble
    FROM cocoom_slack_notice n
    LEFT JOIN cocoom_slack_lane l ON l.id = n.lane_id
    LEFT JOIN cocoom_slack_message m ON m.id = n.message_id
    WHERE n.event_pk = :event ORDER BY n.id
""")


def read(runtime: Runtime, dbsession: Session, tenant: Tenant, asked: str) -> Facts:
    """The facts of the event with this id; or of the post with this id or address."""
    now = dbsession.execute(select(func.now())).scalar_one()
    known: dict[str, Any] = {
        "tenant": tenant,
        "asked": asked,
        "now": now,
        "may_notify": runtime.settings.tenants.allow(Function.NOTIFICATIONS, tenant),
        "notice_days": runtime.settings.notice_days,
        "kept_since": first_recorded(dbsession, tenant.id),
        "connection": connections.find(dbsession, tenant.id),
        "pause": dbsession.execute(select(workspace).where(workspace.c.tenant_id == tenant.id)).one_or_none(),
    }
    found = _find(dbsession, tenant, asked)
    rules = routes.everything(dbsession, tenant.id)
    patience = runtime.settings.gather_seconds
    if found is None:
        return Facts(**known, given=Circumstances(now=now, routes=rules, patience=patience))
    event = _event(found)
    user = addressee(found.kind, event) if event else None
    user_id = user.id if user else ""
    wishes = preferences.of_users(dbsession, [(tenant.id, user_id)])
    return Facts(
        **known,
        found=found,
        event=event,
        given=Circumstances(
            now=now,
            routes=rules,
            preferences={key: each for (_, key), each in wishes.items()},
            patience=patience,
        ),
        person=people.of_users(dbsession, [(tenant.id, user_id)]).get((tenant.id, user_id)),
        stranger=_stranger(dbsession, tenant.id, user_id),
        notices=dbsession.execute(_NOTICES, {"event": found.id}).all(),
    )


def _find(dbsession: Session, tenant: Tenant, asked: str) -> Row[Any] | None:
    wanted = {"tenant": tenant.id, "asked": asked, "cards": list(CARDS)}
    found = dbsession.execute(_BY_ID, wanted).one_or_none()
    if found is None and "://" in asked:
        found = dbsession.execute(_BY_ADDRESS, wanted).one_or_none()
    return found


def _event(found: Row[Any]) -> Event | None:
    try:
        return load(found.kind, found.payload)
    except InvalidEvent:
        return None


def _stranger(dbsession: Session, tenant_id: str, user_id: str) -> Row[Any] | None:
    wanted = select(stranger).where(stranger.c.tenant_id == tenant_id, stranger.c.user_id == user_id)
    return dbsession.execute(wanted).one_or_none()
