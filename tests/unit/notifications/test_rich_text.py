from __future__ import annotations

import pytest

from cocoom_slack_plugin.notifications.rich_text import bold, clean, compose, escaped, link, plain, rich_text


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


def test_clean_of_much_invisible_text_is_quick_and_empty() -> None:
    assert clean("\u202e" * 1_000_000, 200) == ""


def test_compose_puts_elements_in_place_of_names() -> None:
    elements = compose("{who} wrote {what}!", who=bold("{what}"), what=link("https://x.test", "{who}"))
    assert elements == [
        {"type": "text", "text": "{what}", "style": {"bold": True}},
        {"type": "text", "text": " wrote "},
        {"type": "link", "url": "https://x.test", "text": "{who}"},
        {"type": "text", "text": "!"},
    ]


def test_compose_takes_any_order_and_leaves_unused_parts_out() -> None:
    assert compose("{b}{a}", a=plain("A"), b=plain("B"), c=plain("C")) == [plain("B"), plain("A")]
    assert compose("") == []


def test_compose_refuses_a_name_without_a_part() -> None:
    with pytest.raises(KeyError):
        compose("{nobody}", somebody=plain("x"))


def test_rich_text_leaves_empty_lines_out() -> None:
    assert rich_text([plain("a")], [], [plain("b")]) == {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]},
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "b"}]},
        ],
    }


def test_escaping_in_the_order_that_slack_asks_for() -> None:
    assert escaped("<!channel> & &lt;") == "&lt;!channel&gt; &amp; &amp;lt;"
