"""``python -m demo.slack --port 6868``: the stand-in as a process. Prints ``{"url": ...}`` when ready."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
import sys

from demo.slack.loopback import NotLoopbackError
from demo.slack.seed import seeded
from demo.slack.server import start
from demo.slack.slack import Slack


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    slack = Slack() if options.empty else seeded(acme_redirects=options.acme, globex_redirects=options.globex)
    try:
        asyncio.run(_serve(slack, options.host, options.port))
    except (NotLoopbackError, OSError) as error:
        print(f"demo.slack: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.slack", description="A faithful stand-in of Slack.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=6868, help="0 picks a free one")
    parser.add_argument("--acme", nargs="*", default=[], metavar="URL", help="redirect URLs of Acme's app")
    parser.add_argument(
        "--globex", nargs="*", default=[], metavar="URL", help="redirect URLs of Globex's app"
    )
    parser.add_argument("--empty", action="store_true", help="no seed: an empty Slack")
    return parser


async def _serve(slack: Slack, host: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with start(slack, port, host) as url:
        _tame_garbage_collector()
        print(json.dumps({"url": url}), flush=True)
        await stopped.wait()


def _tame_garbage_collector() -> None:
    """What we keep (messages, recorded requests) holds no cycles, and walking it again and again costs a
    quarter of the time of a post."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


if __name__ == "__main__":
    sys.exit(main())
