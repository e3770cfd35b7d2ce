"""``/api/<method>``: from an HTTP request to a method's answer."""

from __future__ import annotations

from typing import Any

from aiohttp import web

import demo.slack.api.catalogue  # noqa: F401  (registers every method)
from demo.slack.api.admission import RateLimitedError, admit
from demo.slack.api.arguments import bearer, client_credentials, read_arguments
from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.api.method import METHODS, Method
from demo.slack.exchange import conduct
from demo.slack.recorder import RecordedRequest
from demo.slack.reply import Reply
from demo.slack.slack import Slack
from demo.slack.state import SLACK
from demo.slack.world.ids import new_request_id


async def call_method(request: web.Request) -> web.StreamResponse:
    slack = request.app[SLACK]
    name = request.match_info["method"]
    method = METHODS.get(name)
    problem: SlackError | None = None
    arguments: dict[str, Any] = {}
    try:
        arguments = await read_arguments(request, takes_json=method is not None and method.takes_json)
    except SlackError as error:
        problem = error
    presented = bearer(request, arguments)
    credentials = client_credentials(request, arguments)
    call = Call(slack, arguments, credentials, slack.world.tokens.get(presented))
    record = _record(slack, request, name, presented, call)
    return await conduct(slack, request, record, lambda: answer(call, method, presented, problem))


def answer(call: Call, method: Method | None, presented: str, problem: SlackError | None = None) -> Reply:
    """HTTP 200 whatever happens, but for rate limits (slack.md I2)."""
    try:
        if method is None:
            raise SlackError("unknown_method")
        if problem is not None:
            raise problem
        admit(call, method, presented)
        reply = Reply(method.handler(call))
    except SlackError as error:
        reply = Reply(error.answer(), error.code)
    except RateLimitedError as error:
        reply = _rate_limited(call.slack, error.wait)
    reply.headers |= _scope_headers(call, method)
    return reply


def _rate_limited(slack: Slack, wait: int) -> Reply:
    spelling = slack.rate_limits.next_body()
    bodies: dict[str, dict[str, Any] | None] = {
        "ratelimited": {"ok": False, "error": "ratelimited"},
        "rate_limited": {"retry_after": wait, "ok": False, "error": "rate_limited"},
        "": None,
    }
    return Reply(bodies[spelling], "ratelimited", 429, {"Retry-After": str(wait)})


def _scope_headers(call: Call, method: Method | None) -> dict[str, str]:
    """What the token holds and what the method accepts, with every authenticated call."""
    headers = {"x-slack-req-id": new_request_id()}
    if call.known_token is not None and method is not None:
        headers["x-oauth-scopes"] = call.known_token.scopes_header
        headers["x-accepted-oauth-scopes"] = method.accepted_scopes
    return headers


def _record(slack: Slack, request: web.Request, name: str, presented: str, call: Call) -> RecordedRequest:
    token = call.known_token
    app_id, team_id, kind = "", "", ""
    if token is not None:
        app_id, team_id, kind = token.app_id, token.team_id or token.enterprise_id or "", token.kind
    elif call.credentials[0]:
        app = slack.world.app_with_client_id(call.credentials[0])
        app_id, team_id = (app.id, app.team_id) if app else ("", "")
    return RecordedRequest(
        at=slack.clock.now(),
        method=name,
        verb=request.method,
        headers=request.headers,
        arguments=call.arguments,
        token=presented,
        token_kind=kind,
        app_id=app_id,
        team_id=team_id,
    )
