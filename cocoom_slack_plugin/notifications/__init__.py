"""Function 2: what happens on the platform reaches Slack."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """``config.include("cocoom_slack_plugin.notifications")``.

    Workers and migrations import this package too; only a web process needs what the pages need.
    """
    config.include("cocoom_slack_plugin.notifications.preferences_routes")
