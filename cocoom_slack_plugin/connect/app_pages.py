"""Where at Slack an app is made and changed by hand."""

from __future__ import annotations

from urllib.parse import urlsplit

from cocoom_slack_plugin.settings import is_loopback


def app_list(slack_url: str) -> str:
    """The list of somebody's apps: on ``api.slack.com``, or on the stand-in itself."""
    parts = urlsplit(slack_url)
    if is_loopback(parts.hostname):
        return f"{slack_url}/apps"
    return f"{parts.scheme}://api.{parts.netloc}/apps"


def app_page(slack_url: str, app_id: str | None) -> str:
    """The app's own settings, or the list where its id is not known: login alone never tells it."""
    return f"{app_list(slack_url)}/{app_id}" if app_id else app_list(slack_url)
