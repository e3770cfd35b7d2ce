"""How each fault is carried out (slack.md I9, security.md A3 S47-S51, C5)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from demo.slack.faults import Fault, FaultKind
from demo.slack.reply import JSON, Reply

HTML = "<!doctype html><html><title>Slack</title><body><h1>Something went wrong.</h1></body></html>"
_POLL = 0.05


async def spoil(fault: Fault, request: web.Request, work: Callable[[], Reply]) -> web.StreamResponse:
    """Do the work first if the fault says so, then answer badly, or not at all."""
    reply = work() if fault.after_the_work else Reply(None)
    return await _WAYS[fault.kind](fault, request, reply)


async def _reset(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    """A real RST: linger zero, then abort."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


async def _hang(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    """Say nothing for so long, or until the caller gives up; then drop the connection."""
    for _ in range(max(1, int(fault.seconds / _POLL))):
        await asyncio.sleep(_POLL)
        if request.transport is None or request.transport.is_closing():
            break
    return await _reset(fault, request, reply)


async def _server_error(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    return web.Response(status=fault.status or 500, text=HTML, content_type="text/html")


async def _error(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    """``ok:false``, with HTTP 200 as in the Web API, or with 400/401 as RFC 6749 wants (slack.md A4)."""
    return Reply({"ok": False, "error": fault.code}, status=fault.status or 200).response()


async def _rate_limited(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    return Reply({"ok": False, "error": "ratelimited"}, status=429, headers=headers).response()


async def _redirect(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    return web.Response(status=fault.status or 302, headers={"Location": fault.location})


async def _html(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    return web.Response(text=HTML, content_type="text/html")


def _fixed(body: bytes) -> Callable[[Fault, web.Request, Reply], Awaitable[web.StreamResponse]]:
    async def answer(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Type": JSON})

    return answer


async def _truncated(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    """Half of the JSON, cleanly ended: the work was done, the answer is unreadable."""
    body = reply.body()
    return web.Response(body=body[: len(body) // 2], headers={"Content-Type": JSON})


async def _rewrite(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    payload = {name: value for name, value in (reply.payload | fault.merge).items() if name not in fault.drop}
    reply.payload = payload
    return reply.response()


async def _huge(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    """The true answer, valid to the end, behind white space as large as asked."""
    response = web.StreamResponse(headers={"Content-Type": JSON})
    await response.prepare(request)
    chunk = b" " * 65_536
    for _ in range(max(1, fault.size // len(chunk))):
        await response.write(chunk)
    await response.write(reply.body())
    return response


async def _trickle(fault: Fault, request: web.Request, reply: Reply) -> web.StreamResponse:
    """The true answer, byte by byte: each read is quick, the whole never ends."""
    body = reply.body()
    response = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": str(len(body))})
    await response.prepare(request)
    for position in range(len(body)):
        await asyncio.sleep(fault.seconds)
        await response.write(body[position : position + 1])
    return response


_WAYS: dict[FaultKind, Callable[[Fault, web.Request, Reply], Awaitable[web.StreamResponse]]] = {
    FaultKind.RESET: _reset,
    FaultKind.RESET_AFTER: _reset,
    FaultKind.HANG: _hang,
    FaultKind.HANG_AFTER: _hang,
    FaultKind.SERVER_ERROR: _server_error,
    FaultKind.ERROR: _error,
    FaultKind.ERROR_AFTER: _error,
    FaultKind.RATE_LIMITED: _rate_limited,
    FaultKind.REDIRECT: _redirect,
    FaultKind.HTML: _html,
    FaultKind.EMPTY: _fixed(b""),
    FaultKind.JSON_LIST: _fixed(b"[]"),
    FaultKind.JSON_NULL: _fixed(b"null"),
    FaultKind.TRUNCATED_AFTER: _truncated,
    FaultKind.HUGE: _huge,
    FaultKind.TRICKLE: _trickle,
    FaultKind.REWRITE: _rewrite,
}
