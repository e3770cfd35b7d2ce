"""Small checks that combine into the description of a block. Each adds Slack's own words to ``errors``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str, list[str]], None]
"""(value, JSON pointer, errors found so far)."""

_URL = re.compile(r"(?:https?|mailto|slack):\S+\Z", re.IGNORECASE)


def problem(errors: list[str], words: str, pointer: str) -> None:
    errors.append(f"{words} [json-pointer:{pointer}]")


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str, errors: list[str]) -> None:
        if not isinstance(value, str):
            problem(errors, "must provide a string", pointer)
        elif len(value) > most:
            problem(errors, f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            problem(errors, f"must be more than {least - 1} characters", pointer)

    return check


def url(most: int) -> Check:
    length = string(most)

    def check(value: Any, pointer: str, errors: list[str]) -> None:
        before = len(errors)
        length(value, pointer, errors)
        if len(errors) == before and not _URL.match(value):
            problem(errors, "must be a valid URL", pointer)

    return check


def flag(value: Any, pointer: str, errors: list[str]) -> None:
    if not isinstance(value, bool):
        problem(errors, "must be a boolean", pointer)


def integer(value: Any, pointer: str, errors: list[str]) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        problem(errors, "must provide an integer", pointer)


def anything(value: Any, pointer: str, errors: list[str]) -> None:
    """A part of Slack this stand-in takes on trust."""


def one_of(*allowed: str) -> Check:
    def check(value: Any, pointer: str, errors: list[str]) -> None:
        if value not in allowed:
            problem(errors, f"must be one of: {', '.join(allowed)}", pointer)

    return check


def array(of: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str, errors: list[str]) -> None:
        if not isinstance(value, list):
            problem(errors, "must provide an array", pointer)
        elif len(value) > most:
            problem(errors, f"no more than {most} items allowed", pointer)
        elif len(value) < least:
            problem(errors, f"no fewer than {least} items allowed", pointer)
        else:
            for index, item in enumerate(value):
                of(item, f"{pointer}/{index}", errors)

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys, ``type`` among them, and no others."""
    known = {"type": anything, **required, **(optional or {})}

    def check(value: Any, pointer: str, errors: list[str]) -> None:
        if not isinstance(value, dict):
            problem(errors, "must provide an object", pointer)
            return
        for name in required:
            if name not in value:
                problem(errors, f"missing required field: {name}", pointer)
        for name, item in value.items():
            if name in known:
                known[name](item, f"{pointer}/{name}", errors)
            else:
                problem(errors, f"invalid additional property: {name}", pointer)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose ``type`` says which check applies."""

    def check(value: Any, pointer: str, errors: list[str]) -> None:
        if not isinstance(value, dict):
            problem(errors, "must provide an object", pointer)
        elif "type" not in value:
            problem(errors, "missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            problem(errors, f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            kinds[value["type"]](value, pointer, errors)

    return check
