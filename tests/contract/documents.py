"""Reading our own documents: sections by heading, fenced blocks by language, tables by column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between one heading and the next, of whatever level."""

    title: str
    text: str

    def blocks(self, language: str) -> list[str]:
        return blocks(self.text, language)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of the section's table, by column. Empty when there is none."""
        lines = [line for line in self.text.splitlines() if line.startswith("|")]
        if not lines:
            return []
        head, _, *body = [_cells(line) for line in lines]
        return [dict(zip(head, row, strict=True)) for row in body]


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(text) if found == language]


def sections(text: str) -> Iterator[Section]:
    """All sections. A ``#`` inside a fenced block is no heading."""
    hidden = FENCE.sub(lambda found: re.sub(r"[^\n]", "x", found.group()), text)
    headings = list(HEADING.finditer(hidden))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    for heading, end in zip(headings, ends, strict=True):
        yield Section(heading.group(2), text[heading.end() : end])


def words(text: str) -> str:
    """The text without its line breaks and with Markdown's backticks for reStructuredText's."""
    return " ".join(text.replace("``", "`").split())


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
