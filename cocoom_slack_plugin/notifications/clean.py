"""What users wrote, as one visible line: the only form in which it gets into a message."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
_ZERO_WIDTH_JOINER = "\u200d"  # holds composed emoji together
_PICTURES = range(0x1F000, 0x1FB00)
"""Kept for emoji (Unicode's Extended_Pictographic), also for those that this Python does not know yet."""

_REMEMBERED = 10_000


def clean(text: str, limit: int) -> str:
    """User text as one line of at most ``limit`` characters, cut at a word, without control or direction characters."""
    shown = text[: limit * 4]
    if not shown.isprintable():  # which most texts are, and the rest is slow
        shown = shown.translate(_SHOWN)
    line = " ".join(shown.split()).strip(f" {_ZERO_WIDTH_JOINER}")
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip(f" ,;:{_ZERO_WIDTH_JOINER}") + ELLIPSIS


class _Shown(dict[int, str]):
    """What is left of each character, by its number: itself, a space or nothing. Found out when it is first met."""

    def __missing__(self, number: int) -> str:
        char = chr(number)
        left = " " if char.isspace() else char if _is_shown(char) else ""
        if len(self) < _REMEMBERED:
            self[number] = left
        return left


_SHOWN = _Shown()


def _is_shown(char: str) -> bool:
    # Every category that starts with C: controls, direction overrides, lone surrogates, private use, unassigned.
    hidden = unicodedata.category(char).startswith("C")
    return not hidden or char == _ZERO_WIDTH_JOINER or ord(char) in _PICTURES
