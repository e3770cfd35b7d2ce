"""Where a request finds the Slack it belongs to."""

from __future__ import annotations

from aiohttp import web

from demo.slack.slack import Slack

SLACK = web.AppKey("SLACK", Slack)
