"""The two addresses of sign-in: where it starts, and where Slack sends people back."""

from __future__ import annotations

from typing import Any

from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPMethodNotAllowed
from pyramid.response import Response

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import attempts, browser, visit
from cocoom_slack_plugin.login.addresses import BUTTON_LABEL, CALLBACK_PATH, SIGN_IN_ROUTE
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.login.explanations import EXPLANATIONS
from cocoom_slack_plugin.login.next_path import local_path
from cocoom_slack_plugin.login.page import allow_form, page, protect
from cocoom_slack_plugin.login.pipeline import SignedIn
from cocoom_slack_plugin.login.refusal_page import ACTION, record
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.strategy import VisitStrategy
from cocoom_slack_plugin.login.verdict import only_refusals
from cocoom_slack_plugin.runtime import Runtime


def show_button(context: Any, request: Any) -> Any:
    """GET: a page with the button, because only a press of it on a page of this host starts anything (S02)."""
    admitted: Admitted = request.cocoom_slack_login
    wanted = local_path(_form_field(request.GET, "next"))
    if Runtime.of(request).hooks.current_user(request):
        return _see_other(admitted.tenant, wanted)
    return _button(request, admitted, wanted)


def start(context: Any, request: Any) -> Any:
    """POST: remember the attempt and send the browser to Slack."""
    admitted: Admitted = request.cocoom_slack_login
    runtime = Runtime.of(request)
    if runtime.hooks.current_user(request):
        raise Refused(Code.ALREADY_SIGNED_IN)
    wanted = local_path(_form_field(request.POST, "next"))
    begun = visit.starting(request, runtime, admitted.tenant, admitted.connected(), wanted)
    with only_refusals():
        response = SlackOpenIdConnect(VisitStrategy(begun), redirect_uri=CALLBACK_PATH).start()
    lifetime = runtime.settings.sign_in_lifetime
    browser.remember(response, admitted.tenant, begun.browser or "", lifetime)
    return protect(response)


def start_without_token(context: Any, request: Any) -> Any:
    """POST from elsewhere: recorded, and asked to press the button (CVE-2015-9284; security.md S02, S132)."""
    correlation_id = record(request, Refused(Code.CSRF))
    return _button(request, request.cocoom_slack_login, "/", correlation_id, EXPLANATIONS[Code.CSRF].status)


def callback(context: Any, request: Any) -> Any:
    """Slack's answer: verify it, recognise the person, let the host sign them in."""
    if request.method != "GET" or _is_prefetch(request):
        return not_allowed(context, request)
    admitted: Admitted = request.cocoom_slack_login
    arrived = visit.arriving(request, Runtime.of(request), admitted.tenant, admitted.connected())
    strategy = VisitStrategy(arrived)
    with only_refusals():
        result = SlackOpenIdConnect(strategy, redirect_uri=CALLBACK_PATH).complete()
    if not isinstance(result, SignedIn) or strategy.attempt is None:
        raise Refused(Code.BAD_ANSWER)
    return _sign_in(request, arrived, result, strategy.attempt.next_path)


def not_allowed(context: Any, request: Any) -> Any:
    """Every other method, and prefetching browsers: nothing is spent (security.md S12, S38, S39)."""
    return protect(HTTPMethodNotAllowed())


def _sign_in(request: Any, arrived: visit.Visit, result: SignedIn, next_path: str) -> Any:
    """What was bound is committed by now. Recorded after the host agreed: one record for each sign-in."""
    tenant, hooks = arrived.tenant, arrived.runtime.hooks
    headers = hooks.log_in(request, tenant, result.user.id)
    if headers is None:
        raise Refused(Code.ACCOUNT_DISABLED)
    with transaction(hooks, tenant.id) as dbsession:
        audit.record(dbsession, tenant.id, ACTION, actor=result.user.id, first_time=result.is_new)
        waiting = arrived.owner is not None and attempts.any_waiting(dbsession, arrived.owner)
    response = _see_other(tenant, next_path)
    response.headers.extend(headers)
    if not waiting:
        browser.forget(response, tenant)
    return response


def _see_other(tenant: Tenant, path: str) -> Any:
    """To a path of the tenant's configured address, whatever the Host header says."""
    return protect(Response(status=303, location=tenant.url + path))


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


def _form_field(fields: Any, name: str) -> str | None:
    try:
        value: str | None = fields.get(name)
    except UnicodeDecodeError:
        raise Refused(Code.MALFORMED) from None
    return value


def _is_prefetch(request: Any) -> bool:
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose.lower() for purpose in purposes)
