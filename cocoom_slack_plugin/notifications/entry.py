"""The line on a user's own settings page of the host."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import PageEntry, Tenant
from cocoom_slack_plugin.notifications.admission import switched_on
from cocoom_slack_plugin.notifications.preferences_addresses import ROUTE
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale, translations

LABEL = N_("Direct messages in Slack")
DESCRIPTION = N_("What you are told there, how often, and when not.")


def account_entry(runtime: Runtime, request: Any, tenant: Tenant) -> PageEntry | None:
    """The entry for somebody who is signed in, None where notifications are off."""
    user = runtime.hooks.current_user(request)
    if user is None or not runtime.settings.tenants.allow(Function.NOTIFICATIONS, tenant):
        return None
    if switched_on(runtime, tenant) is None:
        return None
    gettext = translations(best_locale(user.locale, tenant.locale)).gettext
    return PageEntry(
        id="slack-notifications",
        label=gettext(LABEL),
        url=request.route_path(ROUTE),
        description=gettext(DESCRIPTION),
    )
