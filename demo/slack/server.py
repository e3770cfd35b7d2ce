"""The server: all addresses of this Slack on one loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from aiohttp import web

from demo.slack.api.endpoint import call_method
from demo.slack.api.scheduling import post_due
from demo.slack.control.routes import control_routes
from demo.slack.loopback import check_host
from demo.slack.pages.apps import app_routes
from demo.slack.pages.routes import page_routes
from demo.slack.signin.codes import Flow
from demo.slack.signin.documents import discovery, keys
from demo.slack.signin.pages import authorize_page
from demo.slack.slack import Slack
from demo.slack.state import SLACK

_LARGEST_REQUEST = 16 * 2**20
_STATIC = Path(__file__).with_name("static")


def application(slack: Slack) -> web.Application:
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app[SLACK] = slack
    openid, install = authorize_page(Flow.OPENID), authorize_page(Flow.INSTALL)
    app.add_routes(
        [
            web.route("*", "/api/{method}", call_method),
            web.get("/.well-known/openid-configuration", discovery),
            web.get("/openid/connect/keys", keys),
            web.get("/openid/connect/authorize", openid),
            web.post("/openid/connect/authorize", openid),
            web.get("/oauth/v2/authorize", install),
            web.post("/oauth/v2/authorize", install),
            web.static("/static", _STATIC),
            *control_routes(),
            *page_routes(),
            *app_routes(),
        ]
    )
    return app


@asynccontextmanager
async def start(slack: Slack, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve until the block ends; yields the address. Port 0 takes a free one. Raises NotLoopbackError."""
    runner = web.AppRunner(application(slack), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, check_host(host), port).start()
        bound = runner.addresses[0][1]
        slack.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        clockwork = asyncio.create_task(_post_scheduled(slack))
        yield slack.url
        clockwork.cancel()
        with suppress(asyncio.CancelledError):
            await clockwork
    finally:
        await runner.cleanup()


async def _post_scheduled(slack: Slack) -> None:
    while True:
        await asyncio.sleep(1.0)
        post_due(slack)
