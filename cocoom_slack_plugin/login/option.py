"""The button on the host's login page."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import SignInOption, Tenant
from cocoom_slack_plugin.login.addresses import BUTTON_LABEL, SIGN_IN_ROUTE, STYLESHEET
from cocoom_slack_plugin.login.admission import running
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function


def sign_in_option(runtime: Runtime, request: Any, tenant: Tenant) -> SignInOption | None:
    """The option for this tenant, None where login does not run. The operator's switch is looked at first.

    Slack's picture (slack.md A10) would need the host's Content-Security-Policy to allow Slack's server and would tell
    Slack of every visit of the login page, and Slack's logo is not ours to copy: the button is drawn by our stylesheet,
    with the text that Slack asks for, which is the same in every language.
    """
    if not runtime.settings.tenants.allow(Function.LOGIN, tenant) or running(runtime, tenant) is None:
        return None
    return SignInOption(
        id="slack",
        label=BUTTON_LABEL,
        action=request.route_path(SIGN_IN_ROUTE),
        style="cocoom-slack-sign-in",
        stylesheet_url=request.static_path(STYLESHEET),
    )
