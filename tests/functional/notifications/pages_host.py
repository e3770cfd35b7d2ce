"""A host that serves the plugin's pages: accounts in memory, the real PostgreSQL, WebTest's browsers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session
from webtest import TestApp

from cocoom_hooks import Hooks, build_plugin_manager
from cocoom_hooks.payloads import PageEntry, Tenant, User
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.notifications import preferences
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from cocoom_slack_plugin.testing import SESSION_COOKIE, MemoryServices, make_tenant

from .host import BOT_SCOPES, NOWHERE

ACME = replace(make_tenant("acme", timezone="Europe/Paris"), name="Acme <Base>")
GLOBEX = make_tenant("globex", locale="fr")
OFF = make_tenant("off")
TENANTS = (ACME, GLOBEX, OFF)
SWITCHES = "acme notifications\nglobex login notifications\noff"
PATH = "/slack/notifications"
SETTINGS = {
    "cocoom_slack.encryption_keys": f"test {EXAMPLE_KEY}",
    "cocoom_slack.redis_url": NOWHERE,
    "cocoom_slack.slack_url": "http://127.0.0.1:1",
}


@dataclass
class PagesHost:
    """``acme`` uses notifications, ``globex`` login too, ``off`` nothing."""

    engine: Engine
    switches: str = SWITCHES
    services: MemoryServices = field(init=False)

    def __post_init__(self) -> None:
        self.services = MemoryServices(lambda: Session(self.engine), TENANTS)
        self.hooks = Hooks(build_plugin_manager(["slack"], {"host": self.services}))
        config = Configurator(settings={**SETTINGS, "cocoom_slack.tenants": self.switches})
        config.set_csrf_storage_policy(CookieCSRFStoragePolicy(secure=True))
        config.registry.cocoom_hooks = self.hooks
        config.include("cocoom_slack_plugin")
        config.add_notfound_view(lambda request: Response("the host's own 404", status=404))
        self.application = config.make_wsgi_app()

    def connect(self, tenant: Tenant, **values: Any) -> None:
        known = {
            "tenant_id": tenant.id,
            "team_id": f"T0{tenant.subdomain.upper()}",
            "team_name": f"{tenant.name} Workspace",
            "client_id": tenant.id,
            "sealed_client_secret": "never opened here",
            "sealed_bot_token": "never opened here",
            "scopes": BOT_SCOPES,
            "notifications_enabled": True,
        }
        self.execute(insert(connection).values({**known, **values}))

    def execute(self, statement: Any) -> None:
        with self.engine.begin() as open_:
            open_.execute(statement)

    def browser(self, tenant: Tenant, user: User | None = None) -> TestApp:
        """A browser at this base; with a user, as that user."""
        host = tenant.url.removeprefix("https://")
        app = TestApp(self.application, extra_environ={"HTTP_HOST": host, "wsgi.url_scheme": "https"})
        if user:
            app.set_cookie(SESSION_COOKIE, self.sign_in(tenant, user))
        return app

    def sign_in(self, tenant: Tenant, user: User) -> str:
        self.services.add(tenant, user)
        session = secrets.token_hex(8)
        self.services.sessions[session] = (tenant.id, user.id)
        return session

    def entries(self, tenant: Tenant, user: User | None = None) -> list[PageEntry]:
        """What the plugin adds to this user's own settings page."""
        cookie = f"{SESSION_COOKIE}={self.sign_in(tenant, user)}" if user else ""
        headers = {"Host": tenant.url.removeprefix("https://"), "Cookie": cookie}
        request = Request.blank("/", headers=headers)
        request.registry = self.application.registry
        return self.hooks.account_entries(request, tenant)

    def said(self, tenant: Tenant, user: User) -> Preferences:
        """What is stored of this user."""
        with Session(self.engine) as dbsession:
            return preferences.find(dbsession, tenant.id, user.id)

    def say(self, tenant: Tenant, user: User, wanted: Preferences) -> None:
        with Session(self.engine) as dbsession:
            preferences.save(dbsession, tenant.id, user.id, wanted)
            dbsession.commit()
