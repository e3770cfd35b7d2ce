"""The two documents a relying party fetches: discovery and keys. They can be spoilt like any API method."""

from __future__ import annotations

from aiohttp import web

from demo.slack.exchange import conduct
from demo.slack.recorder import RecordedRequest
from demo.slack.reply import Reply
from demo.slack.signin.discovery import discovery_document
from demo.slack.slack import Slack
from demo.slack.state import SLACK


async def discovery(request: web.Request) -> web.StreamResponse:
    slack = request.app[SLACK]
    record = _record(slack, request, "discovery")
    return await conduct(slack, request, record, lambda: Reply(discovery_document(slack.url)))


async def keys(request: web.Request) -> web.StreamResponse:
    slack = request.app[SLACK]
    return await conduct(slack, request, _record(slack, request, "keys"), lambda: Reply(slack.keys.jwks()))


def _record(slack: Slack, request: web.Request, name: str) -> RecordedRequest:
    at = slack.clock.now()
    return RecordedRequest(at, name, request.method, request.headers, dict(request.query), "", "", "", "")
