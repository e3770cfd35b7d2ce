"""Trouble on demand (slack.md I9, security.md C5 and D1): which call goes wrong, how, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What happens instead of a good answer. The ``AFTER`` kinds do the work first, then spoil the answer."""

    RESET = "reset"
    RESET_AFTER = "reset_after"
    HANG = "hang"
    HANG_AFTER = "hang_after"
    SERVER_ERROR = "server_error"
    ERROR = "error"
    ERROR_AFTER = "error_after"
    RATE_LIMITED = "rate_limited"
    REDIRECT = "redirect"
    HTML = "html"
    EMPTY = "empty"
    JSON_LIST = "json_list"
    JSON_NULL = "json_null"
    TRUNCATED_AFTER = "truncated_after"
    HUGE = "huge"
    TRICKLE = "trickle"
    REWRITE = "rewrite"


AFTER_THE_WORK = frozenset(
    {
        FaultKind.RESET_AFTER,
        FaultKind.HANG_AFTER,
        FaultKind.ERROR_AFTER,
        FaultKind.TRUNCATED_AFTER,
        FaultKind.HUGE,
        FaultKind.TRICKLE,
        FaultKind.REWRITE,
    }
)


@dataclass(slots=True)
class Fault:
    """One order for trouble. Empty filters match everything; ``times=None`` lasts until cleared."""

    kind: FaultKind
    method: str = "*"
    """A Web API method, or ``discovery``, ``keys``."""
    team: str = ""
    channel: str = ""
    """Id or name of a conversation, or the user id of a direct message."""
    app: str = ""
    """App id or client id."""
    times: int | None = None
    seconds: float = 120.0
    """HANG: how long. TRICKLE: pause before each byte."""
    status: int = 0
    """SERVER_ERROR (500), ERROR (200), REDIRECT (302): another HTTP status."""
    code: str = "internal_error"
    retry_after: str | None = "30"
    """RATE_LIMITED: the header's text, sent as it is; None leaves the header out."""
    location: str = "/elsewhere"
    size: int = 60_000_000
    """HUGE: bytes of the answer."""
    merge: dict[str, Any] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)
    """REWRITE: keys replaced in, and removed from, a good answer."""

    @property
    def after_the_work(self) -> bool:
        return self.kind in AFTER_THE_WORK


class Faults:
    """The standing orders, oldest first. With none, looking costs one truth test."""

    def __init__(self) -> None:
        self.standing: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.standing.append(fault)

    def clear(self) -> None:
        self.standing.clear()

    def take(self, matches: Callable[[Fault], bool]) -> Fault | None:
        """The first that matches; one with a number of times is used up by it."""
        for fault in self.standing:
            if matches(fault):
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self.standing.remove(fault)
