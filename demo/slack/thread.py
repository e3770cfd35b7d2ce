"""The server in a thread of the test process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from demo.slack.control import Control
from demo.slack.seed import seeded
from demo.slack.server import start
from demo.slack.slack import Slack

T = TypeVar("T")


class SlackThread:
    """``with SlackThread() as it:`` then ``it.url``, ``it.control``, ``it.slack``.

    ``control`` is safe from any thread. Reading single values of ``slack`` is harmless; to change it, or to
    walk over it while requests come in, go through ``run``.
    """

    def __init__(self, slack: Slack | None = None, port: int = 0) -> None:
        self.slack = slack or seeded()
        self._port = port
        self._ready = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._serve, name="demo-slack", daemon=True)
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()

    @property
    def url(self) -> str:
        return self.slack.url

    @property
    def api_url(self) -> str:
        """``base_url`` for slack_sdk."""
        return f"{self.slack.url}/api/"

    def run(self, function: Callable[[Slack], T]) -> T:
        """Call the function with the Slack in the server's own thread; its result or exception comes back."""

        async def call() -> T:
            return function(self.slack)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        self.control = Control(self.url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        try:
            async with start(self.slack, self._port):
                self._ready.set()
                await self._stopped.wait()
        except Exception as error:
            self._failure = error
        finally:
            self._ready.set()
