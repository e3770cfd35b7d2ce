"""The addresses of this room: routes, views and the stylesheet."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.static import QueryStringConstantCacheBuster

from cocoom_slack_plugin.login import addresses, views
from cocoom_slack_plugin.login.admission import LoginRuns
from cocoom_slack_plugin.login.refusal_page import refusing

YEAR = 365 * 24 * 3600


def includeme(config: Any) -> None:
    """Routes, views and the stylesheet. Needs pyramid_jinja2, ``registry.cocoom_slack`` and the host's CSRF policy."""
    config.add_route_predicate("cocoom_slack_login", LoginRuns)
    config.add_static_view(addresses.STATIC_PATH, addresses.STATIC_FOLDER, cache_max_age=YEAR)
    config.add_cache_buster(f"{addresses.STATIC_FOLDER}/", QueryStringConstantCacheBuster(_fingerprint()))
    _add_start(config, addresses.SIGN_IN_ROUTE)
    _add_callback(config, addresses.CALLBACK_ROUTE)


def _add_start(config: Any, route: str) -> None:
    config.add_route(route, addresses.SIGN_IN_PATH, cocoom_slack_login=True)
    shared = {"route_name": route, "decorator": refusing}
    config.add_view(views.show_button, request_method="GET", require_csrf=False, **shared)
    config.add_view(views.start, request_method="POST", require_csrf=True, **shared)
    config.add_view(views.not_allowed, require_csrf=False, **shared)
    for error in (BadCSRFToken, BadCSRFOrigin):
        config.add_exception_view(views.start_without_token, context=error, **shared)


def _add_callback(config: Any, route: str) -> None:
    """One view for every method, which refuses all but GET: Pyramid's own predicate would let HEAD in with it."""
    config.add_route(route, addresses.CALLBACK_PATH, cocoom_slack_login=True)
    config.add_view(views.callback, route_name=route, require_csrf=False, decorator=refusing)


def _fingerprint() -> str:
    """A new address for the stylesheet whenever it changes, so that browsers may keep it for ever."""
    stylesheet = resources.files("cocoom_slack_plugin") / "static" / "sign_in.css"
    return hashlib.sha256(stylesheet.read_bytes()).hexdigest()[:12]
