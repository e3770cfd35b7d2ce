"""What deciding and rendering cost, without any I/O, beside one json.dumps of the finished message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bench.interleaved import each_took, medians
from bench.report import Row, compared
from bench.world import publication
from cocoom_slack_plugin.notifications.decide import decide
from cocoom_slack_plugin.notifications.decision import Circumstances
from cocoom_slack_plugin.notifications.render import render
from cocoom_slack_plugin.notifications.route import Route

ROUTES = 1000
AT_ONCE = 50
MICRO = 1e6
KIND = "publication_published"
CONDITIONS = ("threads", "tags", "authors")


def measure(rounds: int) -> Iterator[Row]:
    event = publication(0)
    message = render(KIND, event, "en", personal=False)
    finished = {"text": message.text, "blocks": message.blocks, "metadata": message.metadata}
    given = Circumstances(datetime.now(UTC), _routes(event.post.thread.id))
    assert len(decide(KIND, event, given)) == 1
    dumping, rendering, deciding = medians(
        rounds,
        lambda: each_took(lambda _: json.dumps(finished), range(AT_ONCE)),
        lambda: each_took(lambda _: render(KIND, event, "en", personal=False), range(AT_ONCE)),
        lambda: each_took(lambda _: decide(KIND, event, given), range(AT_ONCE)),
    )
    dumped = Row("json.dumps of the finished message", dumping * MICRO, "us")
    yield dumped
    yield compared("rendering one notice", rendering * MICRO, "us", dumped, "<=20")
    yield compared(f"deciding one event over {ROUTES:,} routes", deciding * MICRO, "us", dumped, "<=40")


def _routes(thread: str) -> list[Route]:
    """Of each kind of condition a third; one route means the event."""
    made = []
    for number in range(ROUTES - 1):
        condition: dict[str, Any] = {CONDITIONS[number % 3]: frozenset({f"other-{number}"})}
        made.append(Route(channel=f"C{number}", number=number, **condition))
    return [*made, Route(channel="C0NEWS", threads=frozenset({thread}), number=ROUTES)]
