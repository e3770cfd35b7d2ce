"""The room's own pages and the headers that every answer of it carries (security.md S91, S92)."""

from __future__ import annotations

from typing import Any

from pyramid.renderers import render_to_response
from pyramid.response import Response

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.login.addresses import STYLESHEET
from cocoom_slack_plugin.translations import best_locale, translations

TEMPLATES = "cocoom_slack_plugin:templates/login"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action {forms}"
)


def page(request: Any, tenant: Tenant, template: str, status: int = 200, **values: Any) -> Any:
    """A page in the tenant's language, without forms. Translated texts come in as message ids."""
    locale = best_locale(tenant.locale)
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


def allow_form(response: Any, slack_url: str) -> Any:
    """Let the page's form reach us, and the browser follow our redirect to Slack.

    Browsers apply ``form-action`` to redirects after a form as well, and Slack sends people on to their company's own
    sign-in server, whose address we cannot know; hence all of https. With ``no-referrer`` the form's Origin would be
    "null", which Pyramid's CSRF check refuses; this page's address holds no secret.
    """
    forms = f"'self' https: {slack_url}"
    response.headers["Content-Security-Policy"] = POLICY.format(forms=forms)
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
