"""The gallery: every message is taken by the stand-in and shown, in both languages, beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup

from demo import gallery
from demo.gallery_samples import samples
from demo.screenshots import LARGEST, PICTURES
from demo.slack.seed import ACME
from demo.slack.thread import SlackThread

COUNT = len(samples("en"))
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def hung() -> Iterator[SlackThread]:
    with SlackThread() as slack:
        assert gallery.hang(slack.url) == 2 * COUNT
        yield slack


@pytest.fixture(scope="module")
def shown(hung: SlackThread) -> BeautifulSoup:
    return BeautifulSoup(requests.get(gallery.page(hung.url), timeout=60).text, "html.parser")


def test_every_message_hangs_in_both_languages(hung: SlackThread) -> None:
    for locale in ("en", "fr"):
        told = hung.control.messages(ACME, gallery.channel(locale))
        assert [each["text"] for each in told] == [each.message.text for each in samples(locale)]
    assert not hung.control.duplicates()
    assert hung.slack.rate_limits.limits.enabled


def test_they_stand_beside_each_other_with_their_notification_lines(shown: BeautifulSoup) -> None:
    pairs = shown.select(".pair")
    assert len(pairs) == COUNT
    for pair in pairs:
        assert len(pair.select(".half .message")) == len(pair.select(".fallback")) == 2
    assert "published in" in pairs[0].get_text()
    assert "a publié dans" in pairs[0].get_text()


def test_nothing_that_users_wrote_lives(shown: BeautifulSoup) -> None:
    assert shown.select(".message .mention") == []
    assert not any("evil.example" in link["href"] for link in shown.select("a"))


def test_hung_again_they_replace_what_was_there(hung: SlackThread) -> None:
    gallery.hang(hung.url)
    assert len(hung.control.messages(ACME, gallery.channel("fr"))) == COUNT


def test_the_pictures_show_what_there_is() -> None:
    names = [each.name for each in samples("en")]
    for picture in PICTURES:
        assert names.index(picture.first) <= names.index(picture.last), picture.name
    documented = re.findall(r"\]\(images/([\w-]+)\.png\)", (DOCS / "messages.md").read_text("utf-8"))
    assert sorted(documented) == sorted(picture.name for picture in PICTURES)
    for picture in PICTURES:
        assert 0 < (DOCS / "images" / f"{picture.name}.png").stat().st_size <= LARGEST
