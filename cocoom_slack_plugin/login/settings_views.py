"""``/slack/login``: where a tenant's administrators decide who may enter, and see who did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from pyramid.csrf import get_csrf_token

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import ChangedMeanwhile, InvalidInput
from cocoom_slack_plugin.login import addresses, exclusive, fields, history, outcomes, rules
from cocoom_slack_plugin.login.administrators import administrator
from cocoom_slack_plugin.login.history import Happening
from cocoom_slack_plugin.login.page import allow_form, page
from cocoom_slack_plugin.login.refusal_page import named
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.settings_form import SettingsForm
from cocoom_slack_plugin.pages import see_other
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale

DONE = {
    "saved": N_("Saved."),
    "only": N_("Slack is the only way to sign in now."),
    "open": N_("Other ways to sign in are open again."),
}
CHANGED = N_(
    "Somebody else changed this in the meantime. What you see is as it is now; nothing of yours was saved."
)


def show(context: Any, request: Any) -> Any:
    """GET: everything on one page."""
    administrator(request)
    return _page(request, done=DONE.get(fields.text(request.GET, "done")))


def save(context: Any, request: Any) -> Any:
    """POST: the rules. What cannot be is said next to its field, and what was typed stays."""
    user, seen = administrator(request), _connected(request)
    form = SettingsForm.posted(request.POST, seen)
    if form.version != seen.version:
        return _page(request, 409, alert=CHANGED)
    if form.problems:
        return _page(request, 400, form)
    runtime, tenant = Runtime.of(request), _tenant(request)
    try:
        with transaction(runtime.hooks, tenant.id) as dbsession:
            rules.change(dbsession, seen, form.rules, user.id)
    except ChangedMeanwhile:
        return _page(request, 409, alert=CHANGED)
    return see_other(tenant, f"{addresses.SETTINGS_PATH}?done=saved")


def switch_only(context: Any, request: Any) -> Any:
    """POST: Slack only, on or off."""
    user, seen = administrator(request), _connected(request)
    on = fields.text(request.POST, "only") == "on"
    if fields.number(request.POST, "version") != seen.version and on:
        return _page(request, 409, alert=CHANGED)
    runtime, tenant = Runtime.of(request), _tenant(request)
    try:
        with transaction(runtime.hooks, tenant.id) as dbsession:
            exclusive.switch(dbsession, seen, on, user.id)
    except ChangedMeanwhile:
        return _page(request, 409, alert=CHANGED)
    except InvalidInput as invalid:
        return _page(request, 400, alert=invalid.problem)
    return see_other(tenant, f"{addresses.SETTINGS_PATH}?done={'only' if on else 'open'}")


def _page(request: Any, status: int = 200, form: SettingsForm | None = None, **said: str | None) -> Any:
    runtime, tenant = Runtime.of(request), _tenant(request)
    with transaction(runtime.hooks, tenant.id) as dbsession:
        seen = connections.find(dbsession, tenant.id)
        happened = history.recent(dbsession, runtime.hooks, tenant)
    shown = page(
        request,
        tenant,
        "settings",
        status,
        workspace=named(request.cocoom_slack_login)["workspace"],
        base=tenant.name,
        connection=seen,
        runs=seen is not None and seen.runs(Function.LOGIN),
        form=(form or SettingsForm.stored(seen)) if seen else None,
        obstacle=exclusive.problem(seen) if seen else None,
        tested=_when(seen.login_tested_at, tenant) if seen and seen.login_tested_at else None,
        happened=[_told(each, tenant) for each in happened],
        save=request.route_path(addresses.SETTINGS_ROUTE),
        test=request.route_path(addresses.TEST_ROUTE),
        only=request.route_path(addresses.ONLY_ROUTE),
        token=get_csrf_token(request),
        **said,
    )
    return allow_form(shown, runtime.settings.slack_url)


def _told(each: Happening, tenant: Tenant) -> dict[str, str | None]:
    return {
        "when": _when(each.at, tenant),
        "action": outcomes.ACTIONS[each.action],
        "outcome": outcomes.OUTCOMES.get(each.outcome, each.outcome),
        "who": each.who,
        "reference": each.reference,
    }


def _when(at: datetime, tenant: Tenant) -> str:
    """In the tenant's language; in UTC, because nobody told us where they are."""
    return f"{format_datetime(at, 'short', locale=best_locale(tenant.locale))} UTC"


def _tenant(request: Any) -> Tenant:
    tenant: Tenant = request.cocoom_slack_login.tenant
    return tenant


def _connected(request: Any) -> Connection:
    seen: Connection | None = request.cocoom_slack_login.connection
    if seen is None:
        raise Refused(Code.NOT_CONFIGURED)
    return seen
