"""Two bases with people to try everything on, and one to connect. Planting again adds only what is missing."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import PostKind, Role, UserStatus
from demo.cocoom.passwords import DEMO_PASSWORD, hash_password
from demo.cocoom.tables import (
    BaseRow,
    FollowRow,
    LendingRow,
    PostRow,
    PostState,
    Table,
    ThreadRow,
    UserRow,
)

BASES = (
    ("acme", "Acme", "en", "Europe/Paris"),
    ("globex", "Globex", "fr", "Europe/Zurich"),
    ("initech", "Initech", "en", "Europe/Paris"),
)

PEOPLE = (
    ("acme", "Alice Martin", Role.ADMINISTRATOR, UserStatus.ACTIVE, None),
    ("acme", "Bob Leroy", Role.CONTRIBUTOR, UserStatus.ACTIVE, None),
    ("acme", "Chloé Dubois", Role.CONTRIBUTOR, UserStatus.ACTIVE, "fr"),
    ("acme", "Dan Petit", Role.READER, UserStatus.INVITED, None),
    ("acme", "Erin Blanc", Role.READER, UserStatus.DEACTIVATED, None),
    ("globex", "Gina Roux", Role.ADMINISTRATOR, UserStatus.ACTIVE, None),
    ("globex", "Hugo Noir", Role.CONTRIBUTOR, UserStatus.ACTIVE, None),
    ("globex", "Iris Faure", Role.READER, UserStatus.INVITED, None),
    ("initech", "Nina Novak", Role.ADMINISTRATOR, UserStatus.ACTIVE, None),
    ("initech", "Noé Garnier", Role.ADMINISTRATOR, UserStatus.ACTIVE, "fr"),
)

THREADS = (
    ("acme", "general", "#175AE4", ("alice", "bob", "chloe")),
    ("acme", "product", "#0E9F6E", ("bob", "chloe")),
    ("globex", "general", "#175AE4", ("gina", "hugo")),
    ("acme", "hub-news", "#B4563A", ("alice", "bob")),
    ("globex", "hub-news", "#B4563A", ("gina", "hugo")),
    ("initech", "general", "#175AE4", ("nina", "noe")),
)

LENDINGS = (("acme", "globex", "hub-news"),)
"""Lender, receiver, and the name of the thread in both."""

WELCOMES = (
    ("acme", "alice", "Welcome to Acme", "What we know, in one place"),
    ("globex", "gina", "Bienvenue chez Globex", "Ce que nous savons, au même endroit"),
)


def plant(dbsession: Session) -> None:
    """Add what is missing. The caller commits."""
    bases = all(dbsession.get(BaseRow, tenant_id(base)) for base, *_ in BASES)
    if bases and dbsession.scalar(select(LendingRow).limit(1)):
        return
    for rows in (_bases(), _people(), _threads(), _follows(), _lendings(), _welcomes()):
        _add_missing(dbsession, rows)


def tenant_id(subdomain: str) -> str:
    return f"t-{subdomain}"


def user_id(subdomain: str, first_name: str) -> str:
    """``acme-chloe``: readable, so that the tour and the tests can name people."""
    return f"{subdomain}-{first_name.lower().replace('é', 'e')}"


def _add_missing(dbsession: Session, rows: list[Table]) -> None:
    """The rows are of one table."""
    key = [column.name for column in rows[0].__table__.primary_key]
    known = {
        tuple(found) for found in dbsession.execute(select(*(getattr(type(rows[0]), name) for name in key)))
    }
    dbsession.add_all(row for row in rows if tuple(getattr(row, name) for name in key) not in known)
    dbsession.flush()


def _bases() -> list[Table]:
    return [
        BaseRow(id=tenant_id(base), subdomain=base, name=name, locale=locale, timezone=timezone)
        for base, name, locale, timezone in BASES
    ]


def _people() -> list[Table]:
    known = hash_password(DEMO_PASSWORD)
    return [
        UserRow(
            id=user_id(base, name.split()[0]),
            tenant_id=tenant_id(base),
            email=f"{user_id(base, name.split()[0]).partition('-')[2]}@{base}.example",
            display_name=name,
            role=role,
            status=status,
            locale=locale,
            password_hash=known,
        )
        for base, name, role, status, locale in PEOPLE
    ]


def _threads() -> list[Table]:
    return [
        ThreadRow(id=f"{base}-{name}", tenant_id=tenant_id(base), name=name, color=color)
        for base, name, color, _ in THREADS
    ]


def _follows() -> list[Table]:
    return [
        FollowRow(thread_id=f"{base}-{name}", user_id=user_id(base, person))
        for base, name, _, people in THREADS
        for person in people
    ]


def _lendings() -> list[Table]:
    return [
        LendingRow(
            thread_id=f"{lender}-{name}",
            tenant_id=tenant_id(receiver),
            local_thread_id=f"{receiver}-{name}",
        )
        for lender, receiver, name in LENDINGS
    ]


def _welcomes() -> list[Table]:
    return [
        PostRow(
            id=f"{base}-welcome",
            tenant_id=tenant_id(base),
            thread_id=f"{base}-general",
            author_id=user_id(base, author),
            kind=PostKind.PUBLICATION,
            template="basic",
            title=title,
            subtitle=subtitle,
            state=PostState.PUBLISHED,
            published_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        )
        for base, author, title, subtitle in WELCOMES
    ]
