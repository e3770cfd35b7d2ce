"""docs/features.md names a test for each feature that is there, and each of these tests exists."""

from __future__ import annotations

import ast
import re

import pytest

from .documents import ROOT

PAGE = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| ([^|]+) \| ([YPN]) \| ([^|]*) \|$", PAGE, re.MULTILINE)
PROMISED = {*range(33, 55), *range(67, 72)}
"""The rows about what arrives in Slack."""


def test_every_row_is_read_and_none_stands_twice() -> None:
    numbers = [int(number) for number, *_ in ROWS]
    assert len(numbers) == len(set(numbers)) == PAGE.count("\n| ") - PAGE.count("\n| # ")
    assert set(numbers) >= PROMISED


@pytest.mark.parametrize("number", [row[0] for row in ROWS if row[2] != "N"])
def test_a_feature_that_is_there_names_a_test_that_exists(number: str) -> None:
    (proof,) = (row[3] for row in ROWS if row[0] == number)
    named = re.fullmatch(r"`([^`:]+)::([^`]+)`", proof.strip())
    assert named, f"{proof} names no test"
    path, name = named.groups()
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    defined = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    assert name in defined


@pytest.mark.parametrize("number", [row[0] for row in ROWS if row[2] == "N"])
def test_a_feature_that_is_not_there_names_no_test(number: str) -> None:
    (reason,) = (row[3] for row in ROWS if row[0] == number)
    assert "`" not in reason
