"""The line on the host's administration page."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import AdministrationEntry, Tenant
from cocoom_slack_plugin.login.addresses import SETTINGS_ROUTE
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale, translations

LABEL = N_("Sign in with Slack: settings")
DESCRIPTION = N_("Who may enter with Slack, a test sign-in, and who came in lately.")


def administration_entry(runtime: Runtime, request: Any, tenant: Tenant) -> AdministrationEntry | None:
    """The entry for somebody who may administer this tenant, None where the operator does not let it use login."""
    allowed = runtime.settings.tenants.allow(Function.LOGIN, tenant)
    if not allowed or not runtime.hooks.may_administer(request, tenant):
        return None
    gettext = translations(best_locale(tenant.locale)).gettext
    return AdministrationEntry(
        id="slack-login",
        label=gettext(LABEL),
        url=request.route_path(SETTINGS_ROUTE),
        description=gettext(DESCRIPTION),
    )
