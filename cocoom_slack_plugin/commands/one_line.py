"""Texts that somebody else chose, on a terminal."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text without anything that a terminal would obey."""
    return "".join(each for each in text if each.isprintable())
