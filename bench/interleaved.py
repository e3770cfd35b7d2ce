"""Comparing small costs on a busy machine: the candidates take turns, so that a slow moment hits all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def medians(rounds: int, *works: Callable[[], float]) -> list[float]:
    """Each work measures itself and returns seconds. All take a turn in each round; the median of each is returned."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for seconds, work in zip(found, works, strict=True):
            seconds.append(work())
    return [statistics.median(each) for each in found]


def each_took(call: Callable[[T], object], arguments: Iterable[T]) -> float:
    """Seconds that one call takes on average, one for each of the arguments. These are made before the clock starts."""
    given = list(arguments)
    began = time.perf_counter()
    for each in given:
        call(each)
    return (time.perf_counter() - began) / len(given)
