"""Names and addresses of this room."""

from __future__ import annotations

SIGN_IN_ROUTE = "cocoom_slack.sign_in"
SIGN_IN_PATH = "/slack/sign-in"
CALLBACK_ROUTE = "cocoom_slack.oidc"
CALLBACK_PATH = "/oidc"
STATIC_PATH = "slack/static"
STATIC_FOLDER = "cocoom_slack_plugin:static"
STYLESHEET = f"{STATIC_FOLDER}/sign_in.css"
BUTTON_LABEL = "Sign in with Slack"
"""Slack's rule for the button's text; not translated (slack.md A10)."""
