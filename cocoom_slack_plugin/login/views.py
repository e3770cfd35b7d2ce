"""The two addresses of sign-in: where it starts, and where Slack sends people back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPMethodNotAllowed

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import (
    account_views,
    arrival,
    attempts,
    browser,
    fields,
    places,
    trial_views,
    visit,
)
from cocoom_slack_plugin.login.addresses import BUTTON_LABEL, SIGN_IN_ROUTE
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.explanations import EXPLANATIONS
from cocoom_slack_plugin.login.next_path import local_path
from cocoom_slack_plugin.login.page import allow_form, page
from cocoom_slack_plugin.login.pipeline import SignedIn
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.refusal_page import record
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.pages import protect, see_other
from cocoom_slack_plugin.runtime import Runtime


def show_button(context: Any, request: Any) -> Any:
    """GET: a page with the button, because only a press of it on a page of this host starts anything (S02)."""
    admitted: Admitted = request.cocoom_slack_login
    wanted = local_path(fields.text(request.GET, "next"))
    if Runtime.of(request).hooks.current_user(request):
        return see_other(admitted.tenant, wanted)
    return _button(request, admitted, wanted)


def start(context: Any, request: Any) -> Any:
    """POST: remember the attempt and send the browser to Slack."""
    if Runtime.of(request).hooks.current_user(request):
        raise Refused(Code.ALREADY_SIGNED_IN)
    return arrival.depart(request, Purpose.SIGN_IN, local_path(fields.text(request.POST, "next")))


def start_without_token(context: Any, request: Any) -> Any:
    """POST from elsewhere: recorded, and asked to press the button (CVE-2015-9284; security.md S02, S132)."""
    correlation_id = record(request, Refused(Code.CSRF))
    return _button(request, request.cocoom_slack_login, "/", correlation_id, EXPLANATIONS[Code.CSRF].status)


def callback(context: Any, request: Any) -> Any:
    """Slack's answer, to whatever it was asked for."""
    if request.method != "GET" or _is_prefetch(request):
        return not_allowed(context, request)
    admitted: Admitted = request.cocoom_slack_login
    arrived = visit.arriving(request, Runtime.of(request), admitted.tenant, admitted.connected())
    return ARRIVALS[arrived.purpose](arrived, request)


def not_allowed(context: Any, request: Any) -> Any:
    """Every other method, and prefetching browsers: nothing is spent (security.md S12, S38, S39)."""
    return protect(HTTPMethodNotAllowed())


def _sign_in(arrived: visit.Visit, request: Any) -> Any:
    """Recognise the person and let the host sign them in."""
    result, strategy = arrival.complete(arrived, SignedIn)
    return _welcome(request, arrived, result, strategy.next_path)


def _welcome(request: Any, arrived: visit.Visit, result: SignedIn, next_path: str) -> Any:
    """What was bound is committed by now. Recorded after the host agreed: one record for each sign-in."""
    tenant, hooks = arrived.tenant, arrived.runtime.hooks
    max_age = arrived.runtime.settings.session_max_age or None
    headers = hooks.log_in(request, tenant, result.user.id, max_age)
    if headers is None:
        raise Refused(Code.ACCOUNT_DISABLED)
    with transaction(hooks, tenant.id) as dbsession:
        made: dict[str, Any] = {"account_made": True} if result.account_made else {}
        audit.record(
            dbsession,
            tenant.id,
            places.SIGN_IN.action,
            actor=result.user.id,
            first_time=result.is_new,
            **made,
        )
        waiting = arrived.owner is not None and attempts.any_waiting(dbsession, arrived.owner)
    response = see_other(tenant, next_path)
    response.headers.extend(headers)
    if not waiting:
        browser.forget(response, tenant)
    return response


def _button(
    request: Any, admitted: Admitted, wanted: str, refused_as: str | None = None, status: int = 200
) -> Any:
    shown = page(
        request,
        admitted.tenant,
        "sign_in",
        status,
        action=request.route_path(SIGN_IN_ROUTE),
        token=get_csrf_token(request),
        label=BUTTON_LABEL,
        wanted=wanted,
        happened=EXPLANATIONS[Code.CSRF].happened,
        correlation_id=refused_as,
    )
    return allow_form(shown, Runtime.of(request).settings.slack_url)


def _is_prefetch(request: Any) -> bool:
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


ARRIVALS: dict[Purpose, Callable[[visit.Visit, Any], Any]] = {
    Purpose.SIGN_IN: _sign_in,
    Purpose.LINK: account_views.arrive,
    Purpose.TEST: trial_views.arrive,
}
"""Which view answers the callback of an attempt; the stored attempt decides, never the address."""
