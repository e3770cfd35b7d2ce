from __future__ import annotations

import pytest

from cocoom_slack_plugin.notifications.clean import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a\n b\t\tc\u00a0d ", "a b c d"),
        ("", ""),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066a\u2069\u200b\ufeff", "a"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("a\ud800b", "ab"),
        ("\ue000private", "private"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\u200d \u200d", ""),
        ("\U0001faff\U0001fac8 of next year", "\U0001faff\U0001fac8 of next year"),
        ("<!channel> & *bold*", "<!channel> & *bold*"),
    ],
)
def test_clean_leaves_one_visible_line(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


def test_clean_cuts_at_a_word_and_says_so() -> None:
    assert clean("one two three four", 12) == "one two…"
    assert clean("one two three", 13) == "one two three"
    assert clean("onetwothreefour", 12) == "onetwothree…"
    assert clean("a verylongwordwithoutspace", 12) == "a verylongw…"
    assert clean("one, two; three four", 12) == "one, two…"
    assert clean("👩\u200d💻👩\u200d💻", 5) == "👩\u200d💻👩…"


def test_clean_of_much_invisible_text_is_quick_and_empty() -> None:
    assert clean("\u202e" * 1_000_000, 200) == ""
