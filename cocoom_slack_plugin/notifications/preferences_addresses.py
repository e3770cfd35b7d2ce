"""Name and address of the page on which people say what they want to be told by direct message."""

from __future__ import annotations

ROUTE = "cocoom_slack.preferences"
PATH = "/slack/notifications"
