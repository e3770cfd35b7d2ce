"""A test message on the real path: recorded as an event, and watched until it has an outcome."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import NotConnected
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.events import CONNECTION_TESTED, ConnectionTested
from cocoom_slack_plugin.notifications.tables import event, lane, notice
from cocoom_slack_plugin.switches import Function

LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class End:
    """How far the test message has come: a notice's state, or ``unseen`` while no worker has decided it.

    ``is_final`` says that waiting longer shows nothing new: it is finished, its lane has trouble, or it is held.
    """

    state: str
    explanation: str
    is_final: bool = False


def record(dbsession: Session, tenant: Tenant, channel: str) -> str:
    """Write down the test and return its event id. Raises NotConnected when notifications cannot run."""
    found = connections.get(dbsession, tenant.id)
    if not found.runs(Function.NOTIFICATIONS):
        why = (
            f"the connection is broken: {found.health_code}"
            if found.health != "ok"
            else "notifications are off"
        )
        raise NotConnected(f"{tenant.subdomain}: {why}")
    if found.held_at is not None:
        raise NotConnected(
            f"{tenant.subdomain}: notices are held since the connection was broken; first say what becomes of them: "
            f"`cocoom-slack catch-up {tenant.subdomain} deliver|summarise|discard`"
        )
    event_id = f"test-{secrets.token_hex(8)}"
    tested = ConnectionTested(
        tenant=tenant, event_id=event_id, occurred_at=datetime.now(UTC), actor=None, channel=channel
    )
    outbox.record(dbsession, CONNECTION_TESTED, tested)
    return event_id


def wait(hooks: Hooks, tenant_id: str, event_id: str, seconds: float) -> End:
    """Watch the test until it is finished, its lane meets trouble, or the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        with transaction(hooks) as dbsession:
            end = _look(dbsession, tenant_id, event_id)
        if end.is_final or time.monotonic() > deadline:
            return end
        time.sleep(LOOK_SECONDS)


def _look(dbsession: Session, tenant_id: str, event_id: str) -> End:
    row = dbsession.execute(
        select(notice.c.state, notice.c.reason, lane.c.trouble, lane.c.conversation, connection.c.held_at)
        .join(event, event.c.id == notice.c.event_pk)
        .outerjoin(lane, lane.c.id == notice.c.lane_id)
        .outerjoin(connection, connection.c.tenant_id == event.c.tenant_id)
        .where(event.c.tenant_id == tenant_id, event.c.event_id == event_id)
    ).one_or_none()
    if row is None:
        return End(
            "unseen", "no worker has taken it: is `cocoom-slack worker` running, with the same settings?"
        )
    if row.state == "sent":
        return End("sent", f"sent to {row.conversation}", is_final=True)
    if row.state == "waiting":
        return _waits(row.trouble, row.held_at is not None)
    return End(row.state, f"{row.state}: {row.reason}", is_final=True)


def _waits(trouble: str | None, is_held: bool) -> End:
    if trouble:
        return End("waiting", f"trouble in this conversation: {trouble}", is_final=True)
    if is_held:
        return End("waiting", "held: the connection was broken meanwhile, see `status`", is_final=True)
    return End("waiting", "still waiting for its turn")
