"""Numbers of things in a sentence."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 notice``, ``2 notices``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
