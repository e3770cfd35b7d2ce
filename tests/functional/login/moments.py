"""Times relative to the moment at which a test runs, not to the one at which its parameters were collected."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Moment:
    """``NOW + 300``: so many seconds from when it is looked at."""

    offset: float = 0

    def __add__(self, seconds: float) -> Moment:
        return Moment(self.offset + seconds)

    def __sub__(self, seconds: float) -> Moment:
        return Moment(self.offset - seconds)

    def __repr__(self) -> str:
        return f"now{self.offset:+g}"

    def seconds(self) -> float:
        """Since 1970: a whole number unless the offset is a fraction."""
        return int(time.time()) + self.offset


@dataclass(frozen=True)
class Written:
    """A moment as text."""

    moment: Moment

    def __repr__(self) -> str:
        return f"'{self.moment}'"


NOW = Moment()


def at_last(value: Any) -> Any:
    """The value with every moment in it turned into a number."""
    match value:
        case Moment():
            return value.seconds()
        case Written():
            return str(value.moment.seconds())
        case dict():
            return {key: at_last(each) for key, each in value.items()}
        case list():
            return [at_last(each) for each in value]
        case _:
            return value
