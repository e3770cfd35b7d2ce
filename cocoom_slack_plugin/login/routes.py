"""The addresses of this room: routes and views."""

from __future__ import annotations

from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken

from cocoom_slack_plugin.login import (
    account_views,
    addresses,
    places,
    settings_views,
    trial_views,
    views,
)
from cocoom_slack_plugin.login.admission import LoginAllowed, LoginRuns
from cocoom_slack_plugin.login.places import Place
from cocoom_slack_plugin.login.refusal_page import View, forged, refusing, refusing_at

WHERE_LOGIN_RUNS = {"cocoom_slack_login": True}
WHERE_LOGIN_IS_ALLOWED = {"cocoom_slack_login_allowed": True}


def includeme(config: Any) -> None:
    """Routes and views. Needs pyramid_jinja2, ``registry.cocoom_slack`` and the host's CSRF policy."""
    config.add_route_predicate("cocoom_slack_login", LoginRuns)
    config.add_route_predicate("cocoom_slack_login_allowed", LoginAllowed)
    config.include("cocoom_slack_plugin.pages")
    _add_start(config, addresses.SIGN_IN_ROUTE)
    _add_callback(config, addresses.CALLBACK_ROUTE)
    _add_account(config)
    _add_administration(config)


def _add_start(config: Any, route: str) -> None:
    config.add_route(route, addresses.SIGN_IN_PATH, **WHERE_LOGIN_RUNS)
    shared = {"route_name": route, "decorator": refusing}
    config.add_view(views.show_button, request_method="GET", require_csrf=False, **shared)
    config.add_view(views.start, request_method="POST", require_csrf=True, **shared)
    config.add_view(views.not_allowed, require_csrf=False, **shared)
    for error in (BadCSRFToken, BadCSRFOrigin):
        config.add_exception_view(views.start_without_token, context=error, **shared)


def _add_callback(config: Any, route: str) -> None:
    """One view for every method, which refuses all but GET: Pyramid's own predicate would let HEAD in with it."""
    config.add_route(route, addresses.CALLBACK_PATH, **WHERE_LOGIN_RUNS)
    config.add_view(views.callback, route_name=route, require_csrf=False, decorator=refusing)


def _add_account(config: Any) -> None:
    account, link, unlink = places.ACCOUNT, places.LINK, places.UNLINK
    config.add_route(addresses.ACCOUNT_ROUTE, addresses.ACCOUNT_PATH, **WHERE_LOGIN_RUNS)
    _add_views(config, addresses.ACCOUNT_ROUTE, account, get=account_views.show)
    config.add_route(addresses.LINK_ROUTE, addresses.LINK_PATH, **WHERE_LOGIN_RUNS)
    _add_views(config, addresses.LINK_ROUTE, link, post=account_views.start)
    config.add_route(addresses.CONFIRM_ROUTE, addresses.CONFIRM_PATH, **WHERE_LOGIN_RUNS)
    _add_views(config, addresses.CONFIRM_ROUTE, link, get=account_views.ask, post=account_views.confirm)
    config.add_route(addresses.UNLINK_ROUTE, addresses.UNLINK_PATH, **WHERE_LOGIN_RUNS)
    _add_views(config, addresses.UNLINK_ROUTE, unlink, post=account_views.unlink)


def _add_administration(config: Any) -> None:
    settings, test = places.SETTINGS, places.TEST
    config.add_route(addresses.SETTINGS_ROUTE, addresses.SETTINGS_PATH, **WHERE_LOGIN_IS_ALLOWED)
    _add_views(config, addresses.SETTINGS_ROUTE, settings, get=settings_views.show, post=settings_views.save)
    config.add_route(addresses.ONLY_ROUTE, addresses.ONLY_PATH, **WHERE_LOGIN_IS_ALLOWED)
    _add_views(config, addresses.ONLY_ROUTE, settings, post=settings_views.switch_only)
    config.add_route(addresses.TEST_ROUTE, addresses.TEST_PATH, **WHERE_LOGIN_RUNS)
    _add_views(config, addresses.TEST_ROUTE, test, post=trial_views.start)


def _add_views(
    config: Any, route: str, place: Place, *, get: View | None = None, post: View | None = None
) -> None:
    """GET reads; POST changes something and needs the token; nothing else is answered."""
    shared = {"route_name": route, "decorator": refusing_at(place)}
    if get:
        config.add_view(get, request_method="GET", require_csrf=False, **shared)
    if post:
        config.add_view(post, request_method="POST", require_csrf=True, **shared)
    config.add_view(views.not_allowed, require_csrf=False, **shared)
    for error in (BadCSRFToken, BadCSRFOrigin):
        config.add_exception_view(forged(place), context=error, **shared)
