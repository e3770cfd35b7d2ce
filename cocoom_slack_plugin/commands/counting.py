"""Numbers of things in a sentence."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 notice``, ``2 notices``; ``plural`` is for a noun that does not take an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"
