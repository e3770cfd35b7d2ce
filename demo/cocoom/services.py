"""The host's answers to its plugins: one short method for each service hook of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from cocoom_hooks import Hooks, hookimpl
from cocoom_hooks.payloads import AdministratorNotice, Role, Tenant, User
from demo.cocoom import payloads, queries, session_rows
from demo.cocoom.actions import letters, people
from demo.cocoom.actions.acting import Acting
from demo.cocoom.addresses import TenantAddresses
from demo.cocoom.rights import Right, rights_of


class HostServices:
    """The plugin ``cocoom`` of the host itself. ``hooks`` is set when the manager is complete."""

    hooks: Hooks

    def __init__(self, sessions: sessionmaker[Session], addresses: TenantAddresses) -> None:
        self._sessions = sessions
        self._addresses = addresses

    # --- tenants ---

    @hookimpl
    def cocoom_tenant_of_request(self, request: Any) -> Tenant | None:
        tenant: Tenant | None = request.tenant
        return tenant

    @hookimpl
    def cocoom_find_tenant(self, key: str, dbsession: Session) -> Tenant | None:
        row = queries.base_by_key(dbsession, key)
        return payloads.tenant_of(row, self._addresses) if row else None

    @hookimpl
    def cocoom_open_dbsession(self, tenant_id: str | None) -> AbstractContextManager[Session]:
        return self._sessions()

    # --- people ---

    @hookimpl
    def cocoom_user_by_id(self, tenant: Tenant, user_id: str, dbsession: Session) -> User | None:
        row = queries.user_by_id(dbsession, tenant.id, user_id)
        return payloads.user_of(row, tenant) if row else None

    @hookimpl
    def cocoom_users_by_email(self, tenant: Tenant, email: str, dbsession: Session) -> Sequence[User]:
        return [payloads.user_of(row, tenant) for row in queries.users_by_email(dbsession, tenant.id, email)]

    @hookimpl
    def cocoom_activate_user(self, tenant: Tenant, user_id: str, dbsession: Session) -> User | None:
        row = queries.user_by_id(dbsession, tenant.id, user_id)
        if row is None or not people.activate(Acting(dbsession, self.hooks, tenant, row), row):
            return None
        return payloads.user_of(row, tenant)

    @hookimpl
    def cocoom_create_user(
        self,
        tenant: Tenant,
        email: str,
        display_name: str,
        role: Role,
        locale: str | None,
        dbsession: Session,
    ) -> User | None:
        acting = Acting(dbsession, self.hooks, tenant, None)
        row = people.welcome(acting, email=email, display_name=display_name, role=role, locale=locale)
        return payloads.user_of(row, tenant) if row else None

    @hookimpl
    def cocoom_thread_followers(self, tenant: Tenant, thread_id: str, dbsession: Session) -> Sequence[User]:
        return [payloads.user_of(row, tenant) for row in queries.followers(dbsession, tenant.id, thread_id)]

    @hookimpl
    def cocoom_tell_administrators(
        self, tenant: Tenant, notice: AdministratorNotice, dbsession: Session
    ) -> bool:
        return letters.tell_administrators(dbsession, tenant, notice) > 0

    # --- the session on a request ---

    @hookimpl
    def cocoom_current_user(self, request: Any) -> User | None:
        return payloads.user_of(request.identity, request.tenant) if request.identity else None

    @hookimpl
    def cocoom_log_in(
        self, request: Any, tenant: Tenant, user_id: str, max_age: int | None
    ) -> Sequence[tuple[str, str]] | None:
        row = queries.user_by_id(request.dbsession, tenant.id, user_id, as_committed=True)
        if request.tenant is None or request.tenant.id != tenant.id or row is None or not row.is_active:
            return None
        headers: Sequence[tuple[str, str]] = request.session.sign_in(row.id, max_age)
        return headers

    @hookimpl
    def cocoom_end_sessions(self, tenant: Tenant, user_id: str, dbsession: Session) -> int:
        return session_rows.end_of_user(dbsession, tenant_id=tenant.id, user_id=user_id)

    @hookimpl
    def cocoom_may_administer(self, request: Any, tenant: Tenant) -> bool:
        at_home = request.tenant is not None and request.tenant.id == tenant.id
        # Not has_permission: a plugin may ask before there is a context, in a route predicate for instance.
        return (
            at_home and request.identity is not None and Right.ADMINISTER in rights_of(request.identity.role)
        )
