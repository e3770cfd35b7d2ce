"""A backlog that Slack's limits alone hold back: how close its drain comes to the least time that they allow.

Of each lane's line the burst goes at once and the rest one by one at the pace; so the last message can leave
``(notices - burst) x interval`` after the first, and one latency later it is told. Slack's stand-in enforces the same
pace, with its own burst, and answers 429 to whatever comes too soon.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.contest import contend
from bench.report import Row, compared
from bench.waiting import lay_in
from bench.world import World, conversations

LATENCY_MS = 150
BURST = 3
SLACKS_BURST = 5
POST = "chat.postMessage"


def measure(world: World, interval: float, each: int) -> Iterator[Row]:
    """``each`` notices wait in each of 20 x 5 lanes; a message for each of them every ``interval`` seconds."""
    lanes = conversations("few")
    world.clear()
    lay_in(world, lanes, each)
    world.control.settings(latency_ms=LATENCY_MS)
    world.control.limits(enabled=True, posts_per_second=1 / interval, burst=SLACKS_BURST, team_per_minute=0)
    taken = contend(world, "ours", len(lanes) * each, channel_interval=interval, channel_burst=BURST)
    answers = world.control.counts()["answers"][POST]
    world.control.limits(enabled=False)
    shortest = Row(
        f"the least time for {each} notices in a lane, one every {interval} s, {BURST} at once",
        (each - BURST) * interval + LATENCY_MS / 1000,
        "s",
    )
    messages = Row("limited backlog: messages taken", float(answers.pop("ok")), "messages")
    yield from (shortest, messages)
    yield compared("limited backlog: drained in", taken.seconds, "s", shortest, "<=1.1")
    yield compared("limited backlog: answers 429", float(sum(answers.values())), "answers", messages, "<=0")
