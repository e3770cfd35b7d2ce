"""Names and addresses of this room."""

from __future__ import annotations

from cocoom_slack_plugin.pages import ACCOUNT_ROUTE as ACCOUNT_ROUTE

SIGN_IN_ROUTE = "cocoom_slack.sign_in"
SIGN_IN_PATH = "/slack/sign-in"
CALLBACK_ROUTE = "cocoom_slack.oidc"
CALLBACK_PATH = "/oidc"
ACCOUNT_PATH = "/slack/account"
LINK_ROUTE = "cocoom_slack.link"
LINK_PATH = "/slack/account/link"
CONFIRM_ROUTE = "cocoom_slack.confirm_link"
CONFIRM_PATH = "/slack/account/confirm"
UNLINK_ROUTE = "cocoom_slack.unlink"
UNLINK_PATH = "/slack/account/unlink"
SETTINGS_ROUTE = "cocoom_slack.login_settings"
SETTINGS_PATH = "/slack/login"
TEST_ROUTE = "cocoom_slack.test_sign_in"
TEST_PATH = "/slack/login/test"
ONLY_ROUTE = "cocoom_slack.login_only"
ONLY_PATH = "/slack/login/only"
BUTTON_LABEL = "Sign in with Slack"
"""Slack's rule for the button's text; not translated (slack.md A10)."""
