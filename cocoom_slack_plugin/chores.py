"""What a worker does beside delivering: small repeated work, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event as Flag

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """``work`` is called every ``interval`` seconds with the flag that tells it to come to an end."""

    name: str
    interval: float
    work: Callable[[Flag], object]


def start(chores: Iterable[Chore], stop: Flag) -> list[threading.Thread]:
    """Start a thread for each chore. They end soon after ``stop`` is set, and with the process."""
    threads = [
        threading.Thread(target=_repeat, args=(chore, stop), name=chore.name, daemon=True) for chore in chores
    ]
    for thread in threads:
        thread.start()
    return threads


def _repeat(chore: Chore, stop: Flag) -> None:
    while not stop.wait(chore.interval):
        try:
            chore.work(stop)
        except Exception:
            log.exception("the chore %s failed; it is tried again", chore.name)
