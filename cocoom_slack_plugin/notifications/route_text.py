"""A route in a sentence, for the command line and whoever explains a decision."""

from __future__ import annotations

from collections.abc import Iterable

from cocoom_slack_plugin.notifications.kinds import CHANNEL_WORDS, COMMENTS, EDITS
from cocoom_slack_plugin.notifications.route import GIVE_UP, POSTS, Effect, Route
from cocoom_slack_plugin.notifications.schedule import Every

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def in_words(route: Route) -> str:
    """``publications and shares of the thread general go to C0NEWS in fr``."""
    what = " ".join(filter(None, [_kinds(route), *_conditions(route)]))
    if route.effect is Effect.MUTE:
        return f"{what} are {f'never told in {route.channel}' if route.channel else 'told nowhere'}"
    where = f"{route.channel} in {route.locale}" if route.locale else route.channel or ""
    rest = " that no other route tells" if route.effect is Effect.DEFAULT else ""
    return f"{what}{rest} go to {', '.join([where, *_mode(route)])}"


def _kinds(route: Route) -> str:
    if route.kinds == POSTS:
        return "posts"
    return " and ".join(each for each in CHANNEL_WORDS if each in route.kinds)


def _conditions(route: Route) -> list[str]:
    return [
        _either("of the thread", route.threads),
        _either("not of the thread", route.not_threads),
        _either("tagged", route.tags),
        _either("not tagged", route.not_tags),
        _either("by", route.authors),
        _either("not by", route.not_authors),
    ]


def _either(words: str, wanted: Iterable[str]) -> str:
    return f"{words} {' or '.join(sorted(wanted))}" if wanted else ""


def _mode(route: Route) -> list[str]:
    replies = route.kinds & {COMMENTS, EDITS}
    return list(
        filter(
            None,
            [
                "under the post's message" if replies and route.replies else "",
                "and in the channel" if route.broadcast else "",
                f"together within {route.window} s" if route.window else "",
                _digest(route),
                "given up when in doubt" if route.on_doubt == GIVE_UP else "",
            ],
        )
    )


def _digest(route: Route) -> str:
    if route.digest is None:
        return ""
    if route.digest.every is Every.HOURLY:
        return "in an hourly digest"
    day = f" on {DAYS[route.digest.weekday]}" if route.digest.every is Every.WEEKLY else ""
    zone = f" ({route.timezone})" if route.timezone else ""
    words = {Every.DAILY: "daily", Every.WORKDAYS: "workdays'", Every.WEEKLY: "weekly"}[route.digest.every]
    return f"in a {words} digest{day} at {route.digest.hour:02}:00{zone}"
