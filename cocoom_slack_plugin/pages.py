"""What the pages of all rooms share: layout, stylesheet, and the headers on every answer (security.md S91, S92)."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Any

from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.static import QueryStringConstantCacheBuster

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.translations import best_locale, translations

YEAR = 365 * 24 * 3600
STATIC_PATH = "slack/static"
STATIC_FOLDER = "cocoom_slack_plugin:static"
STYLESHEET = f"{STATIC_FOLDER}/pages.css"
ACCOUNT_ROUTE = "cocoom_slack.account"
"""The page of login on which people link their Slack account: pages of other rooms lead there, where login runs."""

TEMPLATES = "cocoom_slack_plugin:templates"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action {forms}"
)


def includeme(config: Any) -> None:
    """The stylesheet. Every room with pages includes this; Pyramid does it once."""
    config.add_static_view(STATIC_PATH, STATIC_FOLDER, cache_max_age=YEAR)
    config.add_cache_buster(f"{STATIC_FOLDER}/", QueryStringConstantCacheBuster(_fingerprint()))


def page(
    request: Any, tenant: Tenant, template: str, status: int = 200, locale: str | None = None, **values: Any
) -> Any:
    """A page without forms, in one of ``LOCALES``, or else the tenant's language. Texts come in as message ids.

    ``template`` is named as ``<room>/<page>``.
    """
    locale = locale or best_locale(tenant.locale)
    shown = {
        "_": translations(locale).gettext,
        "locale": locale,
        "tenant": tenant,
        "stylesheet": request.static_path(STYLESHEET),
        **values,
    }
    response = render_to_response(f"{TEMPLATES}/{template}.jinja2", shown, request=request)
    response.status_int = status
    response.headers["Content-Security-Policy"] = POLICY.format(forms="'none'")
    return protect(response)


def allow_form(response: Any, *leads_to: str) -> Any:
    """Let the page's form reach us, and the browser follow our redirect to these sources.

    With ``no-referrer`` the form's Origin would be "null", which Pyramid's CSRF check refuses; an address of a page
    with a form holds no secret.
    """
    response.headers["Content-Security-Policy"] = POLICY.format(forms=" ".join(("'self'", *leads_to)))
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def see_other(tenant: Tenant, path: str) -> Any:
    """To a path of the tenant's configured address, whatever the Host header says."""
    return protect(Response(status=303, location=tenant.url + path))


def protect(response: Any) -> Any:
    """Keep the answer out of caches, and its address, which may hold a code, out of Referer headers."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _fingerprint() -> str:
    """A new address for the stylesheet whenever it changes, so that browsers may keep it for ever."""
    stylesheet = resources.files("cocoom_slack_plugin") / "static" / "pages.css"
    return hashlib.sha256(stylesheet.read_bytes()).hexdigest()[:12]
