"""``/slack/account``: a signed-in user sees, makes and removes the link with their Slack account."""

from __future__ import annotations

from typing import Any

from pyramid.csrf import get_csrf_token

from cocoom_hooks.payloads import User
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import addresses, arrival, attempts, browser, fields, links, places
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.attempts import Owner
from cocoom_slack_plugin.login.links import Named
from cocoom_slack_plugin.login.page import allow_form, page
from cocoom_slack_plugin.login.pipeline import Vouched
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.refusal_page import named, refusing_at
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.pages import see_other
from cocoom_slack_plugin.people.person import Source
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.translations import N_

HOW = {
    Source.LOGIN: N_("Linked by sign-in: Slack itself confirmed that this account is yours."),
    Source.EMAIL: N_("Linked by e-mail: both accounts have the same address."),
    Source.HAND: N_("Linked by hand: an administrator entered it."),
}
DONE = {
    "linked": N_("Your Slack account is linked now."),
    "unlinked": N_("Your Slack account is no longer linked."),
}


def show(context: Any, request: Any) -> Any:
    """GET: whether and how the user is linked. Nobody signed in: to the sign-in first."""
    admitted: Admitted = request.cocoom_slack_login
    runtime = Runtime.of(request)
    user = runtime.hooks.current_user(request)
    if user is None:
        return see_other(admitted.tenant, f"{addresses.SIGN_IN_PATH}?next={addresses.ACCOUNT_PATH}")
    connection = admitted.connected()
    with transaction(runtime.hooks, admitted.tenant.id) as dbsession:
        source = links.source(dbsession, connection, user.id)
    shown = page(
        request,
        admitted.tenant,
        "account",
        workspace=named(admitted)["workspace"],
        base=admitted.tenant.name,
        how=HOW[source] if source else None,
        linkable=source is not Source.LOGIN,
        only=connection.login_only,
        done=DONE.get(fields.text(request.GET, "done")),
        link=request.route_path(addresses.LINK_ROUTE),
        unlink=request.route_path(addresses.UNLINK_ROUTE),
        token=get_csrf_token(request),
    )
    return allow_form(shown, runtime.settings.slack_url)


def start(context: Any, request: Any) -> Any:
    """POST: to Slack, bound to the user who pressed."""
    _signed_in(request)
    return arrival.depart(request, Purpose.LINK)


@refusing_at(places.LINK)
def arrive(arrived: Visit, request: Any) -> Any:
    """The callback of a link: nothing is bound yet. The page that asks has an address without a code in it."""
    arrived.refuse_others()
    result, strategy = arrival.complete(arrived, Vouched)
    tenant, owner, user_id = arrived.tenant, arrived.owner, arrived.user_id
    if owner is None or user_id is None:
        raise Refused(Code.OTHER_USER)
    kept = Named.of(result.claims, result.newcomer.profile).kept()
    with transaction(arrived.runtime.hooks, tenant.id) as dbsession:
        links.refuse_conflict(dbsession, tenant.id, user_id, result.claims)
        if not attempts.keep(dbsession, owner, strategy.spent_state or "", kept):
            raise Refused(Code.EXPIRED)
    return see_other(tenant, addresses.CONFIRM_PATH)


def ask(context: Any, request: Any) -> Any:
    """GET: whom Slack named, and a button."""
    admitted: Admitted = request.cocoom_slack_login
    runtime = Runtime.of(request)
    user, owner = _owner(request)
    with transaction(runtime.hooks, admitted.tenant.id) as dbsession:
        waiting = attempts.to_confirm(dbsession, owner)
    if waiting is None:
        raise Refused(Code.EXPIRED)
    found = Named.read(waiting[1])
    shown = page(
        request,
        admitted.tenant,
        "confirm_link",
        slack=found.name or found.slack_user_id,
        workspace=found.workspace or named(admitted)["workspace"],
        name=user.display_name,
        attempt=waiting[0],
        action=request.route_path(addresses.CONFIRM_ROUTE),
        back=request.route_path(addresses.ACCOUNT_ROUTE),
        token=get_csrf_token(request),
    )
    return allow_form(shown, runtime.settings.slack_url)


def confirm(context: Any, request: Any) -> Any:
    """POST: the attempt is used up first, in a transaction of its own; then the two are tied."""
    admitted: Admitted = request.cocoom_slack_login
    hooks, tenant = Runtime.of(request).hooks, admitted.tenant
    user, owner = _owner(request)
    with transaction(hooks, tenant.id) as dbsession:
        kept = attempts.take(dbsession, owner, fields.number(request.POST, "attempt"))
    if kept is None:
        raise Refused(Code.EXPIRED)
    claims = Named.read(kept).claims(admitted.connected())
    with transaction(hooks, tenant.id) as dbsession:
        links.tie(dbsession, tenant.id, user.id, claims)
        audit.record(dbsession, tenant.id, places.LINK.action, actor=user.id)
    return see_other(tenant, f"{addresses.ACCOUNT_PATH}?done=linked")


def unlink(context: Any, request: Any) -> Any:
    """POST: forget the link."""
    admitted: Admitted = request.cocoom_slack_login
    tenant, user = admitted.tenant, _signed_in(request)
    with transaction(Runtime.of(request).hooks, tenant.id) as dbsession:
        links.untie(dbsession, admitted.connected(), user.id)
        audit.record(dbsession, tenant.id, places.UNLINK.action, actor=user.id)
    return see_other(tenant, f"{addresses.ACCOUNT_PATH}?done=unlinked")


def _signed_in(request: Any) -> User:
    user = Runtime.of(request).hooks.current_user(request)
    if user is None:
        raise Refused(Code.SIGNED_OUT)
    return user


def _owner(request: Any) -> tuple[User, Owner]:
    """Whose link may be confirmed: this user's, in this browser, at this tenant."""
    user, tenant = _signed_in(request), request.cocoom_slack_login.tenant
    value = browser.known(request, tenant)
    if value is None:
        raise Refused(Code.SESSION_LOST)
    return user, Owner(tenant.id, value, Purpose.LINK, user.id)
