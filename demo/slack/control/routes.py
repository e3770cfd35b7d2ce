"""The control API's addresses. Each order is a POST of a JSON object to ``/_control/<order>``."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

import demo.slack.control.catalogue  # noqa: F401  (registers every order)
from demo.slack.control.order import ORDERS
from demo.slack.loopback import is_loopback
from demo.slack.state import SLACK


def control_routes() -> list[web.RouteDef]:
    return [web.post("/_control/{order}", handle)]


async def handle(request: web.Request) -> web.Response:
    """400 names what is wrong with an order; 403 keeps web pages out, 404 means no such order."""
    if "Origin" in request.headers or not is_loopback(request.remote or ""):
        return _refusal(403, "the control API takes orders from programs on this machine only")
    order = ORDERS.get(request.match_info["order"])
    if order is None:
        return _refusal(404, f"no order {request.match_info['order']}")
    try:
        arguments: dict[str, Any] = json.loads(await request.read() or b"{}")
        return web.json_response(order(request.app[SLACK], **arguments))
    except (LookupError, TypeError, ValueError) as error:
        return _refusal(400, str(error))


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
