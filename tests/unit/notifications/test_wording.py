"""One language: its texts, its plural forms, its numbers and dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cocoom_slack_plugin.notifications.elements import plain, spoken
from cocoom_slack_plugin.notifications.wording import wording
from cocoom_slack_plugin.translations import Marked, Plural

POSTS = Plural("{count} post", "{count} posts")


@pytest.mark.parametrize(
    ("locale", "count", "said"),
    [
        ("en", 0, "0 posts"),
        ("en", 1, "1 post"),
        ("en", 2, "2 posts"),
        ("en", 1234, "1,234 posts"),
        ("fr", 0, "0 publication"),
        ("fr", 1, "1 publication"),
        ("fr", 2, "2 publications"),
        ("fr", 1234, "1 234 publications"),
    ],
)
def test_a_text_follows_its_number(locale: str, count: int, said: str) -> None:
    assert spoken(wording(locale).counted(POSTS, count)) == said


@pytest.mark.parametrize(
    ("locale", "timezone", "said"),
    [
        ("en", "UTC", "Jan 2, 2026, 9:30\u202fAM"),
        ("en", "Europe/Paris", "Jan 2, 2026, 10:30\u202fAM"),
        ("fr", "Europe/Paris", "2 janv. 2026, 10:30"),
        ("fr", "America/Los_Angeles", "2 janv. 2026, 01:30"),
        ("fr", "", "2 janv. 2026, 09:30"),
        ("fr", "Mars/Olympus", "2 janv. 2026, 09:30"),
        ("fr", "../../etc/passwd", "2 janv. 2026, 09:30"),
        ("fr", "\x00", "2 janv. 2026, 09:30"),
    ],
)
def test_a_date_is_read_out_in_the_bases_hours(locale: str, timezone: str, said: str) -> None:
    element = wording(locale).date(datetime(2026, 1, 2, 9, 30, 59, tzinfo=UTC), timezone)
    assert element.spoken == element.shown["fallback"] == said
    assert element.shown["timestamp"] == 1767346259


def test_a_text_without_a_translation_is_said_as_it_is() -> None:
    line = wording("fr").line(Marked("Something {new}"), new=plain("here", 9))
    assert spoken(line) == "Something here"
