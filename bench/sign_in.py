"""What a sign-in's callback costs beside Slack's own answer: our checks, our rows, the host's log-in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from webtest import TestApp

from bench.report import Row, compared
from bench.world import SCOPES, World, team_id, tenant
from cocoom_hooks import Hooks, build_plugin_manager
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY
from cocoom_slack_plugin.testing import MemoryServices, make_user

BASE = tenant(0)
PERSON = "U0BENCHER"
EMAIL = "bencher@acme.example"


def measure(world: World, count: int) -> Iterator[Row]:
    """``count`` sign-ins of one person, each with a browser of its own."""
    world.control.settings(latency_ms=0)
    application, app = _application(world)
    callbacks, exchanges = [], []
    for _ in range(count):
        callbacks.append(_callback(application))
        exchanges.append(_bare_exchange(world, app))
    bare = Row("one bare call to Slack's token endpoint", statistics.median(exchanges) * 1000, "ms")
    yield bare
    yield compared("callback of a sign-in", statistics.median(callbacks) * 1000, "ms", bare)
    outside = max(statistics.median(callbacks) - statistics.median(exchanges), 0.0)
    yield compared("callback outside Slack's answer", outside * 1000, "ms", bare)


def _application(world: World) -> tuple[Any, dict[str, str]]:
    """A host of a few lines whose tenant has an app of its own, with the person known to both sides."""
    team = team_id(0)
    world.control.add_user(team, "Ben Cher", EMAIL, id=PERSON)
    app = world.control.add_app(
        team, name="Login", redirect_urls=[f"{BASE.url}/oidc"], user_scopes=["openid", "email", "profile"]
    )
    world.control.install_app(app["id"], team, SCOPES)
    world.control.approve_as(PERSON, team=team, app=app["id"])
    engine = create_engine(world.database_url)
    services = MemoryServices(lambda: Session(engine), [BASE])
    services.add(BASE, make_user("bencher", email=EMAIL))
    config = Configurator(settings=_settings(world))
    config.set_csrf_storage_policy(CookieCSRFStoragePolicy(secure=True))
    config.registry.cocoom_hooks = Hooks(build_plugin_manager(["slack"], {"host": services}))
    config.include("cocoom_slack_plugin")
    application = config.make_wsgi_app()
    _connect(Runtime.of(application), app)
    return application, app


def _settings(world: World) -> dict[str, str]:
    return {
        "cocoom_slack.tenants": "* login notifications",
        "cocoom_slack.encryption_keys": f"example {EXAMPLE_KEY}",
        "cocoom_slack.redis_url": world.redis_url,
        "cocoom_slack.slack_url": world.slack_url,
    }


def _connect(runtime: Runtime, app: dict[str, str]) -> None:
    sealed = runtime.vault.seal(SecretStr(app["client_secret"]), BASE.id, SecretKind.CLIENT_SECRET)
    values = {"client_id": app["client_id"], "sealed_client_secret": sealed, "login_enabled": True}
    with transaction(runtime.hooks) as dbsession:
        connections.save(dbsession, BASE.id, {"team_id": team_id(0), **values})


def _callback(application: Any) -> float:
    """Seconds from Slack's redirect to ours."""
    environ = {"HTTP_HOST": urlsplit(BASE.url).netloc, "wsgi.url_scheme": "https"}
    browser = TestApp(application, extra_environ=environ)
    away = browser.get("/slack/sign-in").form.submit(status=303).location
    back = requests.get(away, allow_redirects=False, timeout=30).headers["Location"]
    began = time.perf_counter()
    browser.get(back, status=303)
    return time.perf_counter() - began


def _bare_exchange(world: World, app: dict[str, str]) -> float:
    fields = {"client_id": app["client_id"], "client_secret": app["client_secret"], "code": "none"}
    began = time.perf_counter()
    requests.post(f"{world.slack_url}/api/openid.connect.token", data=fields, timeout=30)
    return time.perf_counter() - began
