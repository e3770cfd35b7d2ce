"""The lines on the host's pages: its administration page, and a user's own settings page."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import PageEntry, Tenant
from cocoom_slack_plugin.login.addresses import SETTINGS_ROUTE
from cocoom_slack_plugin.login.admission import running
from cocoom_slack_plugin.pages import ACCOUNT_ROUTE
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale, translations

LABEL = N_("Sign in with Slack: settings")
DESCRIPTION = N_("Who may enter with Slack, a test sign-in, and who came in lately.")
ACCOUNT_LABEL = N_("Your Slack account")
ACCOUNT_DESCRIPTION = N_("Link it, so that you can sign in with Slack, or remove the link.")


def administration_entry(runtime: Runtime, request: Any, tenant: Tenant) -> PageEntry | None:
    """The entry for somebody who may administer this tenant, None where the operator does not let it use login."""
    allowed = runtime.settings.tenants.allow(Function.LOGIN, tenant)
    if not allowed or not runtime.hooks.may_administer(request, tenant):
        return None
    gettext = translations(best_locale(tenant.locale)).gettext
    return PageEntry(
        id="slack-login",
        label=gettext(LABEL),
        url=request.route_path(SETTINGS_ROUTE),
        description=gettext(DESCRIPTION),
    )


def account_entry(runtime: Runtime, request: Any, tenant: Tenant) -> PageEntry | None:
    """The entry for somebody who is signed in, None where login does not run."""
    user = runtime.hooks.current_user(request)
    if user is None or not runtime.settings.tenants.allow(Function.LOGIN, tenant):
        return None
    if running(runtime, tenant) is None:
        return None
    gettext = translations(best_locale(user.locale, tenant.locale)).gettext
    return PageEntry(
        id="slack-account",
        label=gettext(ACCOUNT_LABEL),
        url=request.route_path(ACCOUNT_ROUTE),
        description=gettext(ACCOUNT_DESCRIPTION),
    )
