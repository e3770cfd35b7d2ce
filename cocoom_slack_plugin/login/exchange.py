"""HTTP with Slack during one callback: one deadline, a size limit, no redirects (security.md S50, S51, S156)."""

from __future__ import annotations

import queue
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from cocoom_slack_plugin.settings import is_loopback

LARGEST_ANSWER = 1_000_000
CHUNK = 16_384


class TooLarge(requests.RequestException):
    """The answer is larger than any answer of Slack can be."""


class Exchange:
    """The calls of one callback. Their seconds are counted from the first one on, for all of them together."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: float | None = None

    def send(self, method: str, url: str, **arguments: Any) -> requests.Response:
        """The answer with its whole body, whatever its status. Raises ``requests.RequestException``.

        A thread of its own makes the call, because timeouts of sockets start anew with each byte and do not count name
        look-ups at all; the caller leaves when its time is over, and the thread follows at the next byte.
        """
        ends = self._start()
        answers: queue.SimpleQueue[requests.Response | Exception] = queue.SimpleQueue()

        def call() -> None:
            try:
                answers.put(_call(ends, method, url, arguments))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=call, name="slack-sign-in", daemon=True).start()
        try:
            answer = answers.get(timeout=max(ends - time.monotonic(), 0.001))
        except queue.Empty:
            raise _too_late() from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def seconds_left(self) -> float:
        """What remains, never less than nothing."""
        return max(self._start() - time.monotonic(), 0.0)

    def _start(self) -> float:
        if self._ends is None:
            self._ends = time.monotonic() + self._seconds
        return self._ends


def _call(ends: float, method: str, url: str, arguments: dict[str, Any]) -> requests.Response:
    with requests.Session() as session:
        # The operator's proxy and certificates come from the environment; a stand-in on loopback needs neither.
        session.trust_env = not is_loopback(urlsplit(url).hostname)
        timeout = max(ends - time.monotonic(), 0.001)
        response = session.request(
            method, url, timeout=timeout, stream=True, allow_redirects=False, verify=True, **arguments
        )
        with response:
            try:
                response._content = _body(response, ends)
            except urllib3.exceptions.ReadTimeoutError:
                raise _too_late() from None
            except urllib3.exceptions.HTTPError as error:
                raise requests.ConnectionError(type(error).__name__) from None
            response._content_consumed = True
        return response


def _body(response: requests.Response, ends: float) -> bytes:
    # read1 returns what has arrived; read would wait for the whole chunk, byte by byte.
    read = getattr(response.raw, "read1", response.raw.read)
    body = bytearray()
    while chunk := read(CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise TooLarge
        if time.monotonic() > ends:
            raise _too_late()
    return bytes(body)


def _too_late() -> requests.Timeout:
    return requests.Timeout("Slack took longer than all calls of a sign-in may take together")
