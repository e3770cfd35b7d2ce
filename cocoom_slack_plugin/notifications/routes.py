"""Routes in the database: which channel gets a tenant's posts and newcomers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.decide import Route
from cocoom_slack_plugin.notifications.tables import route


@dataclass(frozen=True, slots=True)
class NumberedRoute:
    """A route and the number by which it can be removed."""

    number: int
    route: Route


def add(dbsession: Session, tenant_id: str, new: Route) -> None:
    """Add a route; one that is there already stays, with the new language and policy."""
    values = {
        "tenant_id": tenant_id,
        "subject": new.subject,
        "thread_id": new.thread_id,
        "channel": new.channel,
        "locale": new.locale,
        "on_doubt": new.on_doubt,
    }
    statement = insert(route).values(values)
    same = ["tenant_id", "subject", "thread_id", "channel"]
    changes = {"locale": new.locale, "on_doubt": new.on_doubt}
    dbsession.execute(statement.on_conflict_do_update(index_elements=same, set_=changes))


def everything(dbsession: Session, tenant_id: str) -> list[NumberedRoute]:
    """The tenant's routes, oldest first."""
    columns = select(
        route.c.id, route.c.subject, route.c.channel, route.c.thread_id, route.c.locale, route.c.on_doubt
    )
    rows = dbsession.execute(columns.where(route.c.tenant_id == tenant_id).order_by(route.c.id))
    return [NumberedRoute(row.id, Route(*row[1:])) for row in rows]


def remove(dbsession: Session, tenant_id: str, number: int) -> bool:
    """Remove one route. False when the tenant has none with this number."""
    removed = dbsession.execute(delete(route).where(route.c.tenant_id == tenant_id, route.c.id == number))
    return removed.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def forget_thread(dbsession: Session, tenant_id: str, thread_id: str) -> None:
    """Remove the routes of a thread that is gone."""
    dbsession.execute(delete(route).where(route.c.tenant_id == tenant_id, route.c.thread_id == thread_id))
