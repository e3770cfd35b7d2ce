"""Orders register themselves under the name of their function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

ORDERS: dict[str, Callable[..., Any]] = {}
"""Name -> function of (Slack, keyword arguments), returning something JSON can carry."""

F = TypeVar("F", bound=Callable[..., Any])


def order(function: F) -> F:
    ORDERS[function.__name__] = function
    return function
