"""A host of a few lines: two bases, people in memory, real PostgreSQL for the plugin's tables."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from pyramid.response import Response
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks, build_plugin_manager, hookimpl
from cocoom_hooks.payloads import Role, Tenant, User, UserStatus
from cocoom_slack_plugin.login.option import sign_in_option
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings

SESSION = "__Host-session"
ACME = Tenant(id="acme", subdomain="acme", name="Acme <Base>", url="https://acme.cocoom.test")
GLOBEX = Tenant(id="globex", subdomain="globex", name="Globex", url="https://globex.cocoom.test", locale="fr")
OFF = Tenant(id="off", subdomain="off", name="Off", url="https://off.cocoom.test")


class People:
    """The host's accounts and sessions."""

    def __init__(self) -> None:
        self.users: dict[tuple[str, str], User] = {}
        self.sessions: dict[str, tuple[str, str]] = {}
        self.begun: list[str] = []
        self.lock = threading.Lock()
        self.refuse_log_in = False
        self.makes_accounts = True
        self.max_ages: list[int | None] = []

    def add(self, tenant: Tenant, id: str, email: str, status: UserStatus = UserStatus.ACTIVE) -> User:
        user = User(id=id, email=email, display_name=id, status=status)
        self.users[tenant.id, id] = user
        return user

    def clear(self) -> None:
        self.users.clear()
        self.sessions.clear()
        self.begun.clear()
        self.refuse_log_in = False


class Services:
    """The service hooks the login room uses."""

    def __init__(self, engine: Engine, people: People) -> None:
        self.engine = engine
        self.people = people
        self.tenants = {t.url.removeprefix("https://"): t for t in (ACME, GLOBEX, OFF)}

    @hookimpl
    def cocoom_tenant_of_request(self, request: Any) -> Tenant | None:
        return self.tenants.get(request.host)

    @hookimpl
    def cocoom_open_dbsession(self, tenant_id: str | None) -> Session:
        return Session(self.engine)

    @hookimpl
    def cocoom_user_by_id(self, tenant: Tenant, user_id: str, dbsession: Session) -> User | None:
        return self.people.users.get((tenant.id, user_id))

    @hookimpl
    def cocoom_users_by_email(self, tenant: Tenant, email: str, dbsession: Session) -> list[User]:
        found = self.people.users.items()
        return [user for (at, _), user in found if at == tenant.id and user.email.lower() == email.lower()]

    @hookimpl
    def cocoom_activate_user(self, tenant: Tenant, user_id: str, dbsession: Session) -> User | None:
        user = self.people.users[tenant.id, user_id]
        if user.status not in (UserStatus.INVITED, UserStatus.ACTIVE):
            return None
        self._undone_by_rollback(dbsession, tenant.id, user_id)
        self.people.users[tenant.id, user_id] = replace(user, status=UserStatus.ACTIVE)
        return self.people.users[tenant.id, user_id]

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
        if not self.people.makes_accounts or self.cocoom_users_by_email(tenant, email, dbsession):
            return None
        made = User(
            id=f"u-{secrets.token_hex(4)}", email=email, display_name=display_name, role=role, locale=locale
        )
        self._undone_by_rollback(dbsession, tenant.id, made.id)
        self.people.users[tenant.id, made.id] = made
        return made

    @hookimpl
    def cocoom_find_tenant(self, key: str, dbsession: Session) -> Tenant | None:
        return next(
            (tenant for tenant in self.tenants.values() if key in (tenant.id, tenant.subdomain)), None
        )

    @hookimpl
    def cocoom_end_sessions(self, tenant: Tenant, user_id: str, dbsession: Session) -> int:
        theirs = [key for key, owner in self.people.sessions.items() if owner == (tenant.id, user_id)]
        for key in theirs:
            del self.people.sessions[key]
        return len(theirs)

    @hookimpl
    def cocoom_may_administer(self, request: Any, tenant: Tenant) -> bool:
        user = self.cocoom_current_user(request)
        return user is not None and user.role is Role.ADMINISTRATOR

    def _undone_by_rollback(self, dbsession: Session, tenant_id: str, user_id: str) -> None:
        before = self.people.users.get((tenant_id, user_id))

        def undo(_: Session) -> None:
            if before is None:
                self.people.users.pop((tenant_id, user_id), None)
            else:
                self.people.users[tenant_id, user_id] = before

        event.listen(dbsession, "after_rollback", undo, once=True, insert=True)

    @hookimpl
    def cocoom_current_user(self, request: Any) -> User | None:
        tenant = self.tenants.get(request.host)
        at, user_id = self.people.sessions.get(request.cookies.get(SESSION, ""), ("", ""))
        return self.people.users.get((at, user_id)) if tenant and at == tenant.id else None

    @hookimpl
    def cocoom_log_in(
        self, request: Any, tenant: Tenant, user_id: str, max_age: int | None
    ) -> list[tuple[str, str]] | None:
        self.people.max_ages.append(max_age)
        if self.people.refuse_log_in:
            return None
        session = secrets.token_hex(16)
        self.people.sessions[session] = (tenant.id, user_id)
        self.people.begun.append(session)
        return [("Set-Cookie", f"{SESSION}={session}; Path=/; Secure; HttpOnly; SameSite=Lax")]


def make_host(engine: Engine, people: People, slack_url: str, **given: Any) -> Any:
    """The WSGI application. Everything the plugin does not answer gets the host's own 404."""
    config = Configurator()
    config.set_csrf_storage_policy(CookieCSRFStoragePolicy(secure=True))
    config.include("pyramid_jinja2")
    settings = Settings.model_validate(
        {
            "tenants": "acme login\nglobex login\n* notifications",
            "encryption_keys": f"test {EXAMPLE_KEY}",
            "redis_url": "redis://127.0.0.1:1/0",
            "slack_url": slack_url,
            "slack_timeout": 2,
            "sign_in_lifetime": 600,
            **given,
        }
    )
    hooks = Hooks(build_plugin_manager([], {"cocoom": Services(engine, people)}))
    config.registry.cocoom_slack = Runtime.build(settings, hooks)
    config.include("cocoom_slack_plugin.login")
    config.add_route("login_page", "/login")
    config.add_view(_login_page, route_name="login_page", renderer="json")
    config.add_notfound_view(lambda request: Response("the host's own 404", status=404))
    return config.make_wsgi_app()


def _login_page(request: Any) -> Any:
    runtime = Runtime.of(request)
    tenant = runtime.hooks.tenant_of_request(request)
    assert tenant is not None
    option = sign_in_option(runtime, request, tenant)
    return option and {
        "label": option.label,
        "action": option.action,
        "stylesheet": option.stylesheet_url,
        "leads_to": option.leads_to,
        "exclusive": option.exclusive,
    }
