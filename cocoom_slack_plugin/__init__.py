"""The Slack plugin for Cocoom. ``config.include("cocoom_slack_plugin")`` is all a host does; see README.md."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Read the ``cocoom_slack.`` settings, attach the plugin to the host's hooks, add routes and views.

    The host has stored its ``cocoom_hooks.Hooks`` as ``registry.cocoom_hooks``, with the plugin ``slack`` enabled.
    Raises ConfigurationError with every problem found.
    """
    from cocoom_slack_plugin.startup import start

    start(config)
    config.include("pyramid_jinja2")
    config.include("cocoom_slack_plugin.login")
    config.include("cocoom_slack_plugin.notifications")
