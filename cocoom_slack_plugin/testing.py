"""For the tests of a host and of this plugin: the host's services in memory, and ready-made tenants, people and events.

``MemoryServices`` is registered as a plugin of its own: ``build_plugin_manager(["slack"], {"host": services})``.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from cocoom_hooks import hookimpl
from cocoom_hooks.payloads import (
    AdministratorNotice,
    Comment,
    Post,
    PostKind,
    Role,
    Tenant,
    Thread,
    User,
    UserStatus,
)

SESSION_COOKIE = "cocoom_test_session"
USABLE = (UserStatus.INVITED, UserStatus.ACTIVE)


def make_tenant(name: str = "acme", **fields: Any) -> Tenant:
    """A tenant at ``https://<name>.cocoom.test``."""
    known = {"id": f"t-{name}", "subdomain": name, "name": name.title(), "url": f"https://{name}.cocoom.test"}
    return Tenant(**{**known, **fields})


def make_user(name: str = "bob", **fields: Any) -> User:
    """An active contributor called after their id."""
    known = {
        "id": name,
        "email": f"{name}@acme.example",
        "display_name": name.title(),
        "role": Role.CONTRIBUTOR,
    }
    return User(**{**known, **fields})


def make_post(tenant: Tenant, author: User, **fields: Any) -> Post:
    """A publication in the thread ``general`` of this tenant."""
    thread = Thread(id="general", name="general", url=f"{tenant.url}/threads/general")
    known = {
        "id": "p1",
        "kind": PostKind.PUBLICATION,
        "title": "News",
        "url": f"{tenant.url}/posts/p1",
        "thread": thread,
        "author": author,
        "published_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Post(**{**known, **fields})


def make_comment(tenant: Tenant, author: User, **fields: Any) -> Comment:
    """A comment on the post of ``make_post``."""
    known = {
        "id": "c1",
        "author": author,
        "url": f"{tenant.url}/posts/p1#c1",
        "created_at": datetime(2026, 1, 2, tzinfo=UTC),
    }
    return Comment(**{**known, **fields})


def envelope(tenant: Tenant, actor: User | None = None) -> dict[str, Any]:
    """The arguments that every event takes, with an id of its own."""
    now = datetime.now(UTC)
    return {"tenant": tenant, "event_id": secrets.token_hex(8), "occurred_at": now, "actor": actor}


@dataclass
class MemoryServices:
    """Every service of the contract: accounts in memory, database sessions from ``open_session``."""

    open_session: Callable[[], Session]
    tenants: Sequence[Tenant] = ()
    users: dict[tuple[str, str], User] = field(default_factory=dict)
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    followers: dict[tuple[str, str], list[User]] = field(default_factory=lambda: defaultdict(list))
    told: list[tuple[Tenant, AdministratorNotice]] = field(default_factory=list)

    def add(self, tenant: Tenant, user: User) -> User:
        self.users[tenant.id, user.id] = user
        return user

    @hookimpl
    def cocoom_tenant_of_request(self, request: Any) -> Tenant | None:
        return next((each for each in self.tenants if each.url.endswith(f"//{request.host}")), None)

    @hookimpl
    def cocoom_find_tenant(self, key: str) -> Tenant | None:
        by_id = {each.id: each for each in self.tenants}
        return by_id.get(key) or next((each for each in self.tenants if each.subdomain == key), None)

    @hookimpl
    def cocoom_open_dbsession(self) -> Session:
        return self.open_session()

    @hookimpl
    def cocoom_user_by_id(self, tenant: Tenant, user_id: str) -> User | None:
        return self.users.get((tenant.id, user_id))

    @hookimpl
    def cocoom_users_by_email(self, tenant: Tenant, email: str) -> list[User]:
        return [
            user
            for (tenant_id, _), user in self.users.items()
            if tenant_id == tenant.id and user.email.lower() == email.lower()
        ]

    @hookimpl
    def cocoom_activate_user(self, tenant: Tenant, user_id: str) -> User | None:
        user = self.users.get((tenant.id, user_id))
        if user is None or user.status not in USABLE:
            return None
        return self.add(tenant, replace(user, status=UserStatus.ACTIVE))

    @hookimpl
    def cocoom_create_user(
        self, tenant: Tenant, email: str, display_name: str, role: Role, locale: str | None
    ) -> User | None:
        if self.cocoom_users_by_email(tenant, email):
            return None
        user = User(id=secrets.token_hex(4), email=email, display_name=display_name, role=role, locale=locale)
        return self.add(tenant, user)

    @hookimpl
    def cocoom_current_user(self, request: Any) -> User | None:
        tenant = self.cocoom_tenant_of_request(request)
        tenant_id, user_id = self.sessions.get(request.cookies.get(SESSION_COOKIE, ""), ("", ""))
        return self.users.get((tenant_id, user_id)) if tenant and tenant.id == tenant_id else None

    @hookimpl
    def cocoom_log_in(self, tenant: Tenant, user_id: str) -> list[tuple[str, str]] | None:
        user = self.users.get((tenant.id, user_id))
        if user is None or user.status is not UserStatus.ACTIVE:
            return None
        session = secrets.token_hex(16)
        self.sessions[session] = (tenant.id, user_id)
        return [("Set-Cookie", f"{SESSION_COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax")]

    @hookimpl
    def cocoom_end_sessions(self, tenant: Tenant, user_id: str) -> int:
        ended = [key for key, owner in self.sessions.items() if owner == (tenant.id, user_id)]
        for key in ended:
            del self.sessions[key]
        return len(ended)

    @hookimpl
    def cocoom_thread_followers(self, tenant: Tenant, thread_id: str) -> list[User]:
        return self.followers[tenant.id, thread_id]

    @hookimpl
    def cocoom_tell_administrators(self, tenant: Tenant, notice: AdministratorNotice) -> bool:
        self.told.append((tenant, notice))
        return True

    @hookimpl
    def cocoom_may_administer(self, request: Any, tenant: Tenant) -> bool:
        user = self.cocoom_current_user(request)
        return user is not None and user.role is Role.ADMINISTRATOR
