"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60.0
"""Seconds after which something that should happen counts as not happening. Says nothing about how fast it should."""

T = TypeVar("T")


def until(happened: Callable[[], T], what: object = "it did not happen", patience: float = PATIENCE) -> T:
    """Wait until the condition is true and return what it was; ``what`` says what is missing otherwise."""
    deadline = time.monotonic() + patience
    while not (found := happened()):
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(0.05)
    return found
