"""Elements and blocks; and that nothing that users wrote gets into them but through these functions."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cocoom_slack_plugin import notifications
from cocoom_slack_plugin.notifications.elements import (
    DOT,
    LONGEST_ADDRESS,
    SPACE,
    Element,
    Template,
    bold,
    compose,
    date,
    joined,
    link,
    optional,
    plain,
    size,
    spoken,
    strong,
)
from cocoom_slack_plugin.notifications.rich_text import Quote, context, escaped, rich_text

ROOM = Path(notifications.__file__).parent


def _shown(line: tuple[Element, ...]) -> list[dict[str, Any]]:
    return [dict(each.shown) for each in line]


def _section(text: str, kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": [{"type": "text", "text": text}]}


@pytest.mark.parametrize("make", [plain, bold])
def test_text_of_users_is_cleaned_cut_and_never_empty(make: Any) -> None:
    assert make("a\u202e\n b", 100).spoken == "a b"
    assert make("one two three", 9).shown["text"] == "one two…"
    assert make("\u200b", 9).shown["text"] == "…"


def test_a_link_is_cleaned_too() -> None:
    element = link("https://x.test/a", "a\n b" * 9, 12, strong=True)
    assert element.shown == {
        "type": "link",
        "url": "https://x.test/a",
        "text": "a ba ba ba…",
        "style": {"bold": True},
    }


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "slack://open",
        "mailto:a@x.test",
        "https://x.test/a b",
        "https://x.test/\n",
        "https://x.test/\ud800",
        "https://x.test/\u202e",
        "https://x.test/" + "x" * LONGEST_ADDRESS,
    ],
)
def test_what_slack_would_not_take_as_an_address_is_no_link(address: str) -> None:
    assert link(address, "News", 9).shown == {"type": "text", "text": "News"}
    assert link(address, "News", 9, strong=True).shown == bold("News", 9).shown


def test_the_longest_address_is_a_link() -> None:
    address = "https://x.test/é".ljust(LONGEST_ADDRESS, "x")
    assert link(address, "News", 9).shown["url"] == address


def test_a_date_is_shown_by_slack_and_read_in_our_words() -> None:
    element = date(datetime(2026, 1, 2, 9, 30, 0, 999, tzinfo=UTC), "2 January")
    assert element.shown == {
        "type": "date",
        "timestamp": 1767346200,
        "format": "{date_short_pretty} {time}",
        "fallback": "2 January",
    }
    assert element.spoken == "2 January"


def test_an_optional_line_is_left_out_when_there_is_nothing_to_see() -> None:
    assert _shown(optional("a", 9)) == [{"type": "text", "text": "a"}]
    for nothing in (None, "", " \n", "\u202e"):
        assert optional(nothing, 9) == ()


def test_compose_puts_elements_in_place_of_names() -> None:
    line = compose(
        Template("{who} wrote {what}!"), who=bold("{what}", 9), what=link("https://x.test", "{who}", 9)
    )
    assert _shown(line) == [
        {"type": "text", "text": "{what}", "style": {"bold": True}},
        {"type": "text", "text": " wrote "},
        {"type": "link", "url": "https://x.test", "text": "{who}"},
        {"type": "text", "text": "!"},
    ]
    assert spoken(line) == "{what} wrote {who}!"


def test_compose_takes_any_order_and_leaves_unused_parts_out() -> None:
    a, b = plain("A", 9), plain("B", 9)
    assert compose(Template("{b}{a}"), a=a, b=b, c=plain("C", 9)) == (b, a)
    assert compose(Template("")) == ()


def test_compose_refuses_a_name_without_a_part_and_a_part_that_is_no_element() -> None:
    with pytest.raises(KeyError):
        compose(Template("{nobody}"), somebody=plain("x", 9))
    for raw in ("raw", {"type": "broadcast", "range": "channel"}, None):
        with pytest.raises(TypeError):
            compose(Template("{it}"), it=raw)  # type: ignore[arg-type]


def test_lines_are_joined_and_made_bold_as_a_whole() -> None:
    a, b = (plain("a", 9),), (plain("b", 9), SPACE, plain("c", 9))
    assert spoken(joined([a, b, a], DOT)) == "a · b c · a"
    assert joined([], DOT) == ()
    assert strong(b).shown == {"type": "text", "text": "b c", "style": {"bold": True}}


def test_a_block_has_lines_quotes_and_a_list_and_no_empty_line() -> None:
    line = (plain("a", 9),)
    assert rich_text(line, (), Quote(line), bullets=[line]) == {
        "type": "rich_text",
        "elements": [
            _section("a"),
            _section("a", "rich_text_quote"),
            {"type": "rich_text_list", "style": "bullet", "elements": [_section("a")]},
        ],
    }


def test_a_context_block_parses_nothing() -> None:
    text = {"type": "plain_text", "text": ":tada: <!channel>", "emoji": False}
    assert context((plain(":tada: <!channel>", 99),)) == {"type": "context", "elements": [text]}


def test_the_size_of_a_line_counts_its_addresses() -> None:
    assert size((link("https://x.test", "abc", 9),)) == len("link") + len("https://x.test") + 3


def test_escaping_in_the_order_that_slack_asks_for() -> None:
    assert escaped("<!channel> & &lt;") == "&lt;!channel&gt; &amp; &amp;lt;"


# --- there is no other way in ---


def _calls(source: Path) -> set[str]:
    calls = (each for each in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(each, ast.Call))
    return {each.func.id for each in calls if isinstance(each.func, ast.Name)}


@pytest.mark.parametrize(
    ("maker", "where"),
    [
        ("Element", {"elements.py"}),
        ("Template", {"wording.py"}),
        ("compose", {"wording.py"}),
        ("Message", {"render.py", "digest.py"}),
        ("Marked", set()),
        ("Plural", set()),
    ],
)
def test_each_is_made_in_one_place(maker: str, where: set[str]) -> None:
    """What users write passes ``clean`` on its way into an element; a text of ours is marked, translated, composed."""
    assert {source.name for source in ROOM.rglob("*.py") if maker in _calls(source)} == where


def test_no_block_is_written_by_hand() -> None:
    for source in ROOM.rglob("*.py"):
        for each in ast.walk(ast.parse(source.read_text("utf-8"))):
            keys = each.keys if isinstance(each, ast.Dict) else ()
            by_hand = any(isinstance(key, ast.Constant) and key.value == "type" for key in keys)
            assert not by_hand or source.name in ("elements.py", "rich_text.py"), (
                f"{source}:{getattr(each, 'lineno', 0)}"
            )
