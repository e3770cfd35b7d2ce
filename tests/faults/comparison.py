"""Jepsen's queue check: what the host committed beside what stands in Slack, as numbers that print themselves.

Everything is counted by event keys, in the order of the messages and of the keys within a message, because a message
may carry one notice or several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Lane = tuple[str, str]
"""A tenant's subdomain and the thread whose posts go to the lane's channel."""


def make_key(lane: Lane, source: str, number: int) -> str:
    """The marker of one event: where it belongs, who told it, and the how manyth of that teller's in this lane."""
    return f"{lane[0]}.{lane[1]}.{source}.{number:05}"


def keys_of(message: Mapping[str, Any]) -> list[str]:
    """The keys of the events that a stored message tells of, in its order; none for a message of somebody else's."""
    payload = (message.get("metadata") or {}).get("event_payload", {})
    several = str(payload.get("event_keys", "")).split()
    return several or ([payload["event_key"]] if "event_key" in payload else [])


@dataclass(frozen=True, slots=True)
class Comparison:
    """``lost``: told and not shown. ``ghosts``: shown and never committed. ``doubled``: messages that tell something
    again. ``disorder``: keys first shown after a later one of the same teller. ``misplaced``: in a foreign channel."""

    told: int
    messages: int
    lost: tuple[str, ...]
    ghosts: tuple[str, ...]
    doubled: tuple[tuple[str, ...], ...]
    disorder: tuple[str, ...]
    misplaced: tuple[str, ...]

    @classmethod
    def of(
        cls, told: Iterable[str], committed: Iterable[str], shown: Mapping[Lane, Sequence[Sequence[str]]]
    ) -> Comparison:
        """``told`` are the keys whose commit the host saw, ``committed`` those that stand in the database; a host that
        was killed in between knows less than the database. ``shown`` has each lane's messages as their keys."""
        expected = set(told) | set(committed)
        messages = [message for lane in shown.values() for message in lane]
        seen = {key for message in messages for key in message}
        return cls(
            told=len(expected),
            messages=len(messages),
            lost=tuple(sorted(expected - seen)),
            ghosts=tuple(sorted(seen - expected)),
            doubled=tuple(repeated for lane in shown.values() for repeated in _repetitions(lane)),
            disorder=tuple(key for lane in shown.values() for key in _late(lane)),
            misplaced=tuple(key for lane, found in shown.items() for key in _foreign(lane, found)),
        )

    @property
    def duplicates(self) -> int:
        """How many messages told something again."""
        return len(self.doubled)

    @property
    def sound(self) -> bool:
        """Nothing lost, invented, out of order or in a wrong place. Doubles are another question."""
        return not (self.lost or self.ghosts or self.disorder or self.misplaced)

    def __str__(self) -> str:
        counts = (
            f"{self.told} events, {self.messages} messages: {len(self.lost)} lost, {self.duplicates} duplicates, "
            f"{len(self.disorder)} order violations, {len(self.ghosts)} ghosts, {len(self.misplaced)} misplaced"
        )
        named = ("lost", "doubled", "disorder", "ghosts", "misplaced")
        details = [f"{name}: {getattr(self, name)[:5]}" for name in named if getattr(self, name)]
        return "; ".join([counts, *details])


def _repetitions(lane: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    found, seen = [], set[str]()
    for message in lane:
        if again := tuple(key for key in message if key in seen):
            found.append(again)
        seen.update(message)
    return found


def _late(lane: Sequence[Sequence[str]]) -> list[str]:
    found, newest = [], dict[str, str]()
    for key in dict.fromkeys(key for message in lane for key in message):
        source = key.rpartition(".")[0]
        if key < newest.get(source, ""):
            found.append(key)
        newest[source] = max(key, newest.get(source, ""))
    return found


def _foreign(lane: Lane, messages: Sequence[Sequence[str]]) -> list[str]:
    home = f"{lane[0]}.{lane[1]}."
    return [key for message in messages for key in message if not key.startswith(home)]
