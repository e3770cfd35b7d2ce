"""Function 1: Slack authenticates a tenant's users."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """``config.include("cocoom_slack_plugin.login")``.

    Workers and migrations import this package for its tables; only a web process needs what the routes need.
    """
    config.include("cocoom_slack_plugin.login.routes")
