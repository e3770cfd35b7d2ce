"""The button on the host's login page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from cocoom_hooks.payloads import SignInOption, Tenant
from cocoom_slack_plugin.login.addresses import BUTTON_LABEL, SIGN_IN_ROUTE
from cocoom_slack_plugin.login.admission import running
from cocoom_slack_plugin.pages import STYLESHEET
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import is_loopback
from cocoom_slack_plugin.switches import Function


def sign_in_option(runtime: Runtime, request: Any, tenant: Tenant) -> SignInOption | None:
    """The option for this tenant, None where login does not run. The operator's switch is looked at first.

    Slack's picture (slack.md A10) would need the host's Content-Security-Policy to allow Slack's server and would tell
    Slack of every visit of the login page, and Slack's logo is not ours to copy: the button is drawn by our stylesheet,
    with the text that Slack asks for, which is the same in every language.
    """
    if not runtime.settings.tenants.allow(Function.LOGIN, tenant):
        return None
    connection = running(runtime, tenant)
    if connection is None:
        return None
    return SignInOption(
        id="slack",
        label=BUTTON_LABEL,
        action=request.route_path(SIGN_IN_ROUTE),
        style="cocoom-slack-sign-in",
        stylesheet_url=request.static_path(STYLESHEET),
        leads_to=leads_to(runtime.settings.slack_url),
        exclusive=connection.login_only,
    )


def leads_to(slack_url: str) -> tuple[str, ...]:
    """Slack, and the addresses of its workspaces, to which it sends people who are not signed in there yet.

    Not all of ``https:``, although a workspace with a sign-in server of its own leads on to that: the host's login page
    has a form with a password on it, and whoever smuggled a form into that page could then send it anywhere. Slack
    shows a page of its own before such a server (UNCONFIRMED for every kind of them), and with that page the redirects
    of our form end. On our own pages, which ask for nothing, all of https is allowed (``page.allow_form``); a host may
    lead people there instead.
    """
    parts = urlsplit(slack_url)
    if is_loopback(parts.hostname):
        return (slack_url,)
    return (slack_url, f"{parts.scheme}://*.{parts.netloc}")
