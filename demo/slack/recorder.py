"""Who asked what: the last requests in full, and counters that stay exact for ever."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEPT = 5_000


@dataclass(slots=True)
class RecordedRequest:
    """One API request. The token stays in memory for assertions; pages show only its kind."""

    at: float
    method: str
    verb: str
    headers: Mapping[str, str]
    arguments: dict[str, Any]
    token: str
    token_kind: str
    app_id: str
    team_id: str
    status: int = 0
    answer: str = ""
    """``ok``, the error code, or the kind of the fault that answered."""


class Recorder:
    """A ring of requests plus counters. A million posts cost the ring, and some 170 bytes per event key."""

    def __init__(self, kept: int = KEPT, event_key_field: str = "event_key") -> None:
        self.event_key_field = event_key_field
        self.requests: deque[RecordedRequest] = deque(maxlen=kept)
        self.calls: Counter[str] = Counter()
        self.answers: Counter[tuple[str, str]] = Counter()
        self.posted: Counter[str] = Counter()
        self._placed: Counter[tuple[str, str]] = Counter()

    def resize(self, kept: int) -> None:
        self.requests = deque(self.requests, maxlen=kept)

    def clear(self) -> None:
        self.requests.clear()
        self.calls.clear()
        self.answers.clear()
        self.posted.clear()
        self._placed.clear()

    def started(self, request: RecordedRequest) -> None:
        """Written down before the work, so that a request answered by silence is seen too."""
        self.requests.append(request)
        self.calls[request.method] += 1

    def answered(self, request: RecordedRequest, status: int, answer: str) -> None:
        request.status = status
        request.answer = answer
        self.answers[(request.method, answer)] += 1

    def stored(self, metadata: dict[str, Any] | None, channel: str) -> None:
        """Count a message that came to be in a channel, by the event key (or keys) in its metadata.

        Several keys are a list, or words in the field of the plural's name.
        """
        if metadata is None:
            return
        payload = metadata.get("event_payload", {})
        value = payload.get(self.event_key_field)
        words = str(payload.get(f"{self.event_key_field}s", "")).split()
        for key in [*(value if isinstance(value, list) else [value]), *words]:
            if isinstance(key, str):
                self.posted[key] += 1
                self._placed[channel, key] += 1

    @property
    def duplicates(self) -> dict[str, int]:
        """Event keys stored more than once in one channel, and how often."""
        return {key: count for (_, key), count in self._placed.items() if count > 1}
