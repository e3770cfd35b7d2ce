"""Nothing of the table is forgotten: every id is named by a test, or by the short list of later features."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .attack_table import ATTACKS, OF_LATER_FEATURES

TESTS = Path(__file__).parents[2]
WHERE = ("functional/login", "unit/login", "property/login")
ID = re.compile(r"\bS\d{2,3}\b")


def _tests() -> Iterator[tuple[str, str]]:
    """Name and text of each test function, its decorators with their comments included."""
    for folder in WHERE:
        for path in sorted((TESTS / folder).glob("test_*.py")):
            source = path.read_text("utf-8")
            lines = source.splitlines()
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                    yield f"{path.name}::{node.name}", "\n".join(lines[first - 1 : node.end_lineno])


@cache
def named_by() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in _tests():
        for each in set(ID.findall(text)):
            found.setdefault(each, []).append(name)
    return found


def test_every_attack_of_the_table_has_a_test_that_names_it() -> None:
    missing = [each for each in ATTACKS if each not in named_by() and each not in OF_LATER_FEATURES]
    assert missing == []


def test_the_short_list_holds_nothing_of_the_past() -> None:
    assert set(OF_LATER_FEATURES) <= set(ATTACKS)
    assert [each for each in OF_LATER_FEATURES if each in named_by()] == []


def test_the_table_is_written_down_once() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) == 101
