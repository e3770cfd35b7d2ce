"""The host's PostgreSQL: one engine, sessions joined to the request's transaction, and plain ones."""

from __future__ import annotations

from typing import Any

import zope.sqlalchemy
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker


def includeme(config: Any) -> None:
    """Adds ``request.dbsession``, committed or rolled back with the request."""
    config.add_request_method(_dbsession, "dbsession", reify=True)


def sessionmaker_for(url: str) -> sessionmaker[Session]:
    """Sessions on one engine. Rows stay readable after the commit, as the session cookie needs them."""
    return sessionmaker(create_engine(url, pool_pre_ping=True), expire_on_commit=False)


def in_transaction(request: Any) -> bool:
    """Whether the request's transaction is open: it is not on the page about a failed commit."""
    return "tm.active" in request.environ


def _dbsession(request: Any) -> Session:
    dbsession: Session = request.registry.cocoom_sessionmaker()
    if in_transaction(request):
        # "changed" from the start: what a plugin inserts without the ORM is committed as well.
        zope.sqlalchemy.register(dbsession, initial_state="changed", transaction_manager=request.tm)
    else:
        request.add_finished_callback(lambda _: dbsession.close())
    return dbsession
