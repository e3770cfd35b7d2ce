"""Small checks that combine into the description of a manifest. Each adds ``{"message", "pointer"}`` to ``errors``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Problem = dict[str, str]
Check = Callable[[Any, str, list[Problem]], None]
"""(value, JSON pointer, problems found so far)."""


def problem(errors: list[Problem], message: str, pointer: str) -> None:
    errors.append({"message": message, "pointer": pointer})


def text(most: int, least: int = 1, pattern: str = "") -> Check:
    def check(value: Any, pointer: str, errors: list[Problem]) -> None:
        if not isinstance(value, str):
            problem(errors, "must be a string", pointer)
        elif len(value) > most:
            problem(errors, f"max_length expected {most}, got {len(value)}", pointer)
        elif len(value) < least:
            problem(errors, f"min_length expected {least}, got {len(value)}", pointer)
        elif pattern and not re.fullmatch(pattern, value):
            problem(errors, f"must match {pattern}", pointer)

    return check


def flag(value: Any, pointer: str, errors: list[Problem]) -> None:
    if not isinstance(value, bool):
        problem(errors, "must be a boolean", pointer)


def number(*allowed: int) -> Check:
    """A whole number; one of these, where any are given."""

    def check(value: Any, pointer: str, errors: list[Problem]) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or (allowed and value not in allowed):
            problem(errors, f"must be {' or '.join(map(str, allowed)) or 'a whole number'}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, pointer: str, errors: list[Problem]) -> None:
        if value not in allowed:
            problem(errors, f"must be one of {', '.join(allowed)}", pointer)

    return check


def array(of: Check, most: int) -> Check:
    def check(value: Any, pointer: str, errors: list[Problem]) -> None:
        if not isinstance(value, list):
            problem(errors, "must be an array", pointer)
        elif len(value) > most:
            problem(errors, f"no more than {most} items", pointer)
        else:
            for index, item in enumerate(value):
                of(item, f"{pointer}/{index}", errors)

    return check


def fields(optional: Mapping[str, Check], required: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others: Slack's schema allows nothing unknown anywhere."""
    needed = required or {}
    known = {**needed, **optional}

    def check(value: Any, pointer: str, errors: list[Problem]) -> None:
        if not isinstance(value, dict):
            problem(errors, "must be an object", pointer)
            return
        for name in needed.keys() - value.keys():
            problem(errors, "is required", f"{pointer}/{name}")
        for name, item in value.items():
            if name in known:
                known[name](item, f"{pointer}/{name}", errors)
            else:
                problem(errors, "is not a known property", f"{pointer}/{name}")

    return check
