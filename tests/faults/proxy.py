"""A TCP proxy that spoils what passes: latency, bandwidth, resets, refusals, silence, slow ends. Switchable as it runs.

Toxiproxy's toxics (security.md C6) in one asyncio loop in a thread, so that nothing has to be installed.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

LOOPBACK = "127.0.0.1"
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to each connection. The default is fair: everything passes."""

    latency: float = 0.0
    """Seconds before each chunk is handed on, in both directions."""
    bandwidth: int = 0
    """Bytes per second and direction; 0 is as fast as it goes."""
    silent: bool = False
    """Everything is accepted and swallowed, on open connections too: half-open TCP."""
    limit: int = 0
    """Bytes of the server's that pass on a new connection before it is reset; 0 is no limit."""
    slow_close: float = 0.0
    """Seconds by which one side's end is kept from the other."""
    rewrite: tuple[bytes, bytes] | None = None
    """What the server says, and what the client hears instead; of the same length."""


@dataclass(slots=True)
class Ambush:
    """Resets one connection when the client has said all these things on it, one after the other; then it is over."""

    words: tuple[bytes, ...]
    hand_on: bool
    """Whether the server still gets the last of them, so that only its answer is lost."""
    sprung: threading.Event = field(default_factory=threading.Event)


class Connection:
    """A client's connection and ours to the server."""

    def __init__(self, proxy: FaultProxy, client: Any, server: Any) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.answered, self.heard = 0, 0

    async def run(self) -> None:
        up = asyncio.create_task(self._pass(self.client[0], self.server[1], self._asked))
        down = asyncio.create_task(self._pass(self.server[0], self.client[1], self._answer))
        try:
            await asyncio.gather(up, down)
        except (OSError, asyncio.IncompleteReadError):
            self.reset()
        finally:
            for task in (up, down):
                task.cancel()
            for writer in (self.server[1], self.client[1]):
                writer.close()

    def reset(self) -> None:
        """A real RST to both sides: linger zero, then abort."""
        for writer in (self.client[1], self.server[1]):
            connection = writer.get_extra_info("socket")
            if connection is not None and connection.fileno() >= 0:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hand_on: Callable[[bytes], tuple[bytes, bool]],
    ) -> None:
        while chunk := await reader.read(CHUNK):
            weather = self.proxy.weather
            await asyncio.sleep(weather.latency)
            if weather.bandwidth:
                await asyncio.sleep(len(chunk) / weather.bandwidth)
            if self.proxy.weather.silent:
                continue
            kept, ends = hand_on(chunk)
            writer.write(kept)
            await writer.drain()
            if ends:
                raise ConnectionResetError
        await asyncio.sleep(self.proxy.weather.slow_close)
        if writer.can_write_eof():
            writer.write_eof()

    def _asked(self, chunk: bytes) -> tuple[bytes, bool]:
        ambush = self.proxy.ambush
        if ambush is None:
            return chunk, False
        while self.heard < len(ambush.words) and ambush.words[self.heard] in chunk:
            self.heard += 1
        if self.heard < len(ambush.words):
            return chunk, False
        self.proxy.ambush = None
        ambush.sprung.set()
        return (chunk if ambush.hand_on else b""), True

    def _answer(self, chunk: bytes) -> tuple[bytes, bool]:
        weather = self.proxy.weather
        if weather.rewrite is not None:
            chunk = chunk.replace(*weather.rewrite)
        if not weather.limit:
            return chunk, False
        kept = chunk[: max(0, weather.limit - self.answered)]
        self.answered += len(kept)
        return kept, self.answered >= weather.limit


class FaultProxy:
    """``with FaultProxy(port_of_the_server) as proxy:`` then let clients use ``proxy.port``. Safe from any thread."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.port = 0
        self.accepted = 0
        self.weather = Weather()
        self.ambush: Ambush | None = None
        self._open: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)

    def change(self, **weather: Any) -> None:
        """Other weather, from the next chunk on. Fields of ``Weather``; those not named stay."""
        self.weather = replace(self.weather, **weather)

    def calm(self) -> None:
        """Fair weather, and an open door."""
        self.weather, self.ambush = Weather(), None
        self._run(self._listen())

    def refuse(self) -> None:
        """Nobody listens any more, and open connections are reset."""
        self._run(self._close())
        self.cut()

    def cut(self) -> None:
        """Reset every open connection."""
        self._run(self._cut())

    def cut_at(self, *words: bytes, hand_on: bool = False) -> threading.Event:
        """Reset the first connection on which the client says these things in this order; set when it happened."""
        self.ambush = Ambush(words, hand_on)
        return self.ambush.sprung

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self._run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._accept, LOOPBACK, self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _cut(self) -> None:
        for connection in list(self._open):
            connection.reset()

    async def _end_tasks(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            server = await asyncio.open_connection(LOOPBACK, self.server_port)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection(self, (reader, writer), server)
        self._open.add(connection)
        try:
            await connection.run()
        except asyncio.CancelledError:
            connection.reset()
        finally:
            self._open.discard(connection)
