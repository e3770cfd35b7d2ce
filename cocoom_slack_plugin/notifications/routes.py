"""Routes in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, any_, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from cocoom_slack_plugin.notifications.route import Effect, Route
from cocoom_slack_plugin.notifications.schedule import Every, Schedule
from cocoom_slack_plugin.notifications.tables import route

CONDITIONS = ("threads", "not_threads", "tags", "not_tags", "authors", "not_authors")
_LISTS = ("kinds", *CONDITIONS)
_PLAIN = ("channel", "locale", "on_doubt", "replies", "broadcast", "timezone")
ONE_AT_A_TIME = "cocoom_slack_route"
"""What changes of a tenant's routes lock, together with the tenant's id."""


def lock(dbsession: Session, tenant_id: str) -> None:
    """Let nobody else change the tenant's routes until this transaction ends."""
    both = func.hashtext(ONE_AT_A_TIME), func.hashtext(tenant_id)
    dbsession.execute(select(func.pg_advisory_xact_lock(*both)))


def add(dbsession: Session, tenant_id: str, *new: Route) -> list[Route]:
    """Add routes and return them with their numbers. One that means the same as one that is there already takes its
    place, with the new language and mode."""
    lock(dbsession, tenant_id)
    there = {each.meaning: each.number for each in everything(dbsession, tenant_id)}
    added = []
    for each in new:
        number = there.get(each.meaning)
        if number is None:
            made = insert(route).values(tenant_id=tenant_id, **_values(each)).returning(route.c.id)
            number = there[each.meaning] = dbsession.execute(made).scalar_one()
        else:
            dbsession.execute(update(route).where(route.c.id == number).values(_values(each)))
        added.append(replace(each, number=number))
    return added


def everything(dbsession: Session, tenant_id: str) -> list[Route]:
    """The tenant's routes, oldest first."""
    return of_tenants(dbsession, [tenant_id])[tenant_id]


def of_tenants(dbsession: Session, tenants: Iterable[str]) -> dict[str, list[Route]]:
    """The routes of these tenants, each tenant's oldest first."""
    found: dict[str, list[Route]] = defaultdict(list)
    rows = dbsession.execute(select(route).where(route.c.tenant_id.in_(sorted(tenants))).order_by(route.c.id))
    for row in rows:
        found[row.tenant_id].append(_route(row))
    return found


def remove(dbsession: Session, tenant_id: str, number: int) -> bool:
    """Remove one route. False when the tenant has none with this number."""
    removed = dbsession.execute(delete(route).where(route.c.tenant_id == tenant_id, route.c.id == number))
    return removed.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def forget_thread(dbsession: Session, tenant_id: str, thread_id: str) -> None:
    """Take a thread that is gone out of the conditions. A route that meant no other thread is removed: without the
    condition it would mean all of them."""
    of_thread = (route.c.tenant_id == tenant_id) & (literal(thread_id) == any_(route.c.threads))
    dbsession.execute(delete(route).where(of_thread, func.cardinality(route.c.threads) == 1))
    for column in (route.c.threads, route.c.not_threads):
        names_it = (route.c.tenant_id == tenant_id) & (literal(thread_id) == any_(column))
        dbsession.execute(
            update(route).where(names_it).values({column: func.array_remove(column, literal(thread_id))})
        )


def _values(new: Route) -> dict[str, Any]:
    values: dict[str, Any] = {name: sorted(getattr(new, name)) for name in _LISTS}
    values |= {name: getattr(new, name) for name in _PLAIN}
    when = new.digest
    schedule = {"digest_hour": when.hour, "digest_weekday": when.weekday} if when else {}
    return (
        values
        | schedule
        | {
            "effect": new.effect.value,
            "window_seconds": new.window,
            "digest": when.every.value if when else None,
        }
    )


def _route(row: Row[Any]) -> Route:
    lists: dict[str, Any] = {name: frozenset(getattr(row, name)) for name in _LISTS}
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    digest = Schedule(Every(row.digest), row.digest_hour, row.digest_weekday) if row.digest else None
    return Route(
        **lists, **plain, effect=Effect(row.effect), window=row.window_seconds, digest=digest, number=row.id
    )
