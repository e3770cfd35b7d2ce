"""A tenant's routes as a file: JSON that says all that they say, without numbers, so that any tenant can take it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.notifications.kinds import CHANNEL_WORDS
from cocoom_slack_plugin.notifications.route import Effect, Route, flaws, tag_key
from cocoom_slack_plugin.notifications.schedule import Every, Schedule

VERSION = 1
PROBLEMS_SHOWN = 20

Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1000)]
Resolve = Callable[[str], str | None]
"""Finds the id of the user whom a file names, None when there is nobody like that."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DigestEntry(_Strict):
    every: Literal["hourly", "daily", "workdays", "weekly"]
    hour: int = 9
    weekday: int = 0


class Entry(_Strict):
    """One route. What is left out means what it means on the command line."""

    effect: Literal["tell", "default", "mute"] = "tell"
    channel: str | None = None
    kinds: Names = ["publications", "shares"]
    threads: Names = []
    not_threads: Names = []
    tags: Names = []
    not_tags: Names = []
    authors: Names = []
    not_authors: Names = []
    locale: str | None = None
    on_doubt: Literal["resend", "give_up"] = "resend"
    replies: bool = True
    broadcast: bool = False
    window: int = 0
    digest: DigestEntry | None = None
    timezone: str | None = None


class _File(_Strict):
    version: Literal[1]
    routes: Annotated[list[Entry], Field(max_length=10_000)]


def entry(route: Route) -> dict[str, Any]:
    """Everything that a route says, as plain values in a fixed order."""
    lists = ("kinds", "threads", "not_threads", "tags", "not_tags", "authors", "not_authors")
    said: dict[str, Any] = {name: getattr(route, name) for name in Entry.model_fields}
    said |= {name: sorted(said[name]) for name in lists}
    said["kinds"] = [each for each in CHANNEL_WORDS if each in route.kinds]
    said["effect"] = route.effect.value
    if when := route.digest:
        said["digest"] = {"every": when.every.value, "hour": when.hour, "weekday": when.weekday}
    return said


def dumped(routes: Iterable[Route]) -> str:
    """The file of these routes, in their order: of several for one channel the first tells."""
    whole = {"version": VERSION, "routes": [entry(each) for each in routes]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def parsed(written: bytes, resolve: Resolve) -> list[Route]:
    """The routes of a file. Raises InvalidInput that names each problem with its route's place and field."""
    try:
        entries = _File.model_validate_json(written.removeprefix(b"\xef\xbb\xbf")).routes
    except ValidationError as error:
        raise _refused([_problem(each["loc"], each["msg"]) for each in error.errors()]) from None
    problems: list[str] = []
    routes = [_route(number, each, resolve, problems) for number, each in enumerate(entries, 1)]
    problems += _twice(routes)
    if problems:
        raise _refused(problems)
    return routes


def _route(number: int, given: Entry, resolve: Resolve, problems: list[str]) -> Route:
    """One route; what is wrong with it is added to the problems."""

    def wrong(problem: str) -> None:
        problems.append(f"route {number}: {problem}")

    def who(field: str, names: Sequence[str]) -> frozenset[str]:
        found = {name: resolve(name) for name in names}
        for name in [name for name, user_id in found.items() if user_id is None]:
            wrong(f"{field}: nobody has the id or e-mail {name}")
        return frozenset(filter(None, found.values()))

    channel = given.channel
    if channel is not None:
        try:
            channel = credentials.channel_id(channel)
        except InvalidInput as error:
            wrong(str(error))
    when = given.digest
    made = Route(
        channel=channel,
        effect=Effect(given.effect),
        kinds=frozenset(given.kinds),
        threads=frozenset(given.threads),
        not_threads=frozenset(given.not_threads),
        tags=frozenset(map(tag_key, given.tags)),
        not_tags=frozenset(map(tag_key, given.not_tags)),
        authors=who("authors", given.authors),
        not_authors=who("not_authors", given.not_authors),
        digest=Schedule(Every(when.every), when.hour, when.weekday) if when else None,
        **{name: getattr(given, name) for name in _PLAIN},
    )
    for each in flaws(made):
        wrong(each)
    return made


_PLAIN = ("locale", "on_doubt", "replies", "broadcast", "window", "timezone")


def _twice(routes: Sequence[Route]) -> list[str]:
    first: dict[tuple[object, ...], int] = {}
    found = [(number, first.setdefault(each.meaning, number)) for number, each in enumerate(routes, 1)]
    return [
        f"route {number}: means the same as route {other}: leave one out"
        for number, other in found
        if number != other
    ]


def _problem(path: Sequence[int | str], message: str) -> str:
    """``('routes', 2, 'digest', 'hour')`` is said as ``route 3: digest.hour``."""
    match path:
        case ("routes", int(place), *rest):
            where = [f"route {place + 1}", ".".join(map(str, rest))]
        case _:
            where = [".".join(map(str, path))]
    return ": ".join(filter(None, [*where, message]))


def _refused(problems: Sequence[str]) -> InvalidInput:
    more = len(problems) - PROBLEMS_SHOWN
    shown = [*problems[:PROBLEMS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
    return InvalidInput("routes", "nothing was changed" + "".join(f"\n  - {each}" for each in shown))
