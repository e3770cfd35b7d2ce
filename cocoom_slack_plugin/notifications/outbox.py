"""Writing down an event: one row in the host's own transaction, whose cost does not depend on who will be told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import registry

from cocoom_hooks.host import DatabaseSession
from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.notifications.events import dump
from cocoom_slack_plugin.notifications.tables import event as event_table


class EventRow:
    """The event table mapped as a class: zope.sqlalchemy notices a written row only when the ORM wrote it."""


registry(metadata=event_table.metadata).map_imperatively(EventRow, event_table)


def _statement() -> Any:
    """One statement that writes the row only for a tenant whose notifications are on, and each event once.

    It can fail only where the host's own statements would fail too, so that it needs no savepoint.
    """
    values = select(
        bindparam("tenant_id", type_=Text()),
        bindparam("event_id", type_=Text()),
        bindparam("kind", type_=Text()),
        cast(bindparam("payload", type_=Text()), JSONB),
    ).where(
        select(connection.c.tenant_id)
        .where(connection.c.tenant_id == bindparam("tenant_id"), connection.c.notifications_enabled)
        .exists()
    )
    return (
        insert(EventRow)
        .from_select(["tenant_id", "event_id", "kind", "payload"], values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "event_id"])
        # Exactly this statement, without the ORM's bulk machinery; of an INSERT the count is kept only when asked for.
        .execution_options(dml_strategy="raw", preserve_rowcount=True)
    )


RECORD = _statement()


def record(dbsession: DatabaseSession, kind: str, event: Event) -> bool:
    """Write down one event. Returns whether a row was written: not for a tenant that is off, nor for a repetition.

    Raises InvalidEvent for a payload that cannot be used; nothing is written then.
    """
    row = {
        "tenant_id": event.tenant.id,
        "event_id": event.event_id,
        "kind": kind,
        "payload": dump(kind, event),
    }
    return bool(dbsession.execute(RECORD, row).rowcount)
