"""A route in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from cocoom_slack_plugin.notifications.route import GIVE_UP, Effect, Route
from cocoom_slack_plugin.notifications.route_text import in_words
from cocoom_slack_plugin.notifications.schedule import Every, Schedule

SENTENCES: dict[str, dict[str, Any]] = {
    "posts go to C0A": {},
    "posts that no other route tells go to C0A": {"effect": Effect.DEFAULT},
    "posts are never told in C0A": {"effect": Effect.MUTE},
    "posts are told nowhere": {"effect": Effect.MUTE, "channel": None},
    "shares and newcomers go to C0A": {"kinds": {"newcomers", "shares"}},
    "posts of the thread a or b go to C0A in fr": {"threads": {"b", "a"}, "locale": "fr"},
    "posts not of the thread a tagged x not tagged y by bob not by eve go to C0A": {
        "not_threads": {"a"},
        "tags": {"x"},
        "not_tags": {"y"},
        "authors": {"bob"},
        "not_authors": {"eve"},
    },
    "comments go to C0A, under the post's message": {"kinds": {"comments"}},
    "comments go to C0A": {"kinds": {"comments"}, "replies": False},
    "edits go to C0A, under the post's message, and in the channel": {"kinds": {"edits"}, "broadcast": True},
    "posts go to C0A, together within 60 s": {"window": 60},
    "posts go to C0A, in an hourly digest": {"digest": Schedule(Every.HOURLY)},
    "posts go to C0A, in a daily digest at 09:00": {"digest": Schedule(Every.DAILY)},
    "posts go to C0A, in a workdays' digest at 18:00": {"digest": Schedule(Every.WORKDAYS, 18)},
    "posts go to C0A, in a weekly digest on Sunday at 00:00 (Europe/Paris)": {
        "digest": Schedule(Every.WEEKLY, 0, 6),
        "timezone": "Europe/Paris",
    },
    "posts go to C0A, given up when in doubt": {"on_doubt": GIVE_UP},
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_says_all_that_the_route_says(sentence: str) -> None:
    given = SENTENCES[sentence]
    lists = {name: frozenset(value) for name, value in given.items() if isinstance(value, set)}
    assert in_words(Route(**{"channel": "C0A", **given, **lists})) == sentence
