"""Reading what was typed. Every fault is found at once and shown next to its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.cocoom.actions.posts import PostText

COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(slots=True)
class Form:
    """``faults`` maps field names to what is wrong with them."""

    values: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, most: int = 200) -> str:
        value = self.values.get(name, "").strip()
        if len(value) > most:
            self.faults[name] = f"At most {most} characters."
        return value

    def required(self, name: str, *, most: int = 200) -> str:
        value = self.text(name, most=most)
        if not value:
            self.faults[name] = "Please fill this in."
        return value

    def email(self, name: str) -> str:
        value = self.required(name)
        if value and not EMAIL.fullmatch(value):
            self.faults[name] = "This is not an e-mail address."
        return value

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        value = self.values.get(name, "")
        if value not in known:
            self.faults[name] = "Please choose one of the list."
        return value

    def color(self, name: str) -> str | None:
        value = self.text(name)
        if value and not COLOR.fullmatch(value):
            self.faults[name] = "Six hexadecimal digits after a #, such as #175AE4."
        return value or None

    def lines(self, name: str, *, most: int = 200) -> list[str]:
        """What is written on each line, ``most`` characters at the most; at least one."""
        lines = [line.strip() for line in self.values.get(name, "").splitlines() if line.strip()]
        if not lines:
            self.faults[name] = "Please fill this in."
        elif max(map(len, lines)) > most:
            self.faults[name] = f"At most {most} characters a line."
        return lines

    def post_text(self) -> PostText:
        """Fields ``title``, ``subtitle``, ``body`` and ``tags`` (separated by commas)."""
        tags = (tag.strip().removeprefix("#") for tag in self.text("tags").split(","))
        return PostText(
            title=self.required("title"),
            subtitle=self.text("subtitle") or None,
            body=self.text("body", most=20_000).replace("\r\n", "\n"),
            tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        )
