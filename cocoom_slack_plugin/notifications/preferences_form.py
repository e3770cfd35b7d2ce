"""The form on which somebody says what they want to be told, and when: what was typed, and what of it cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from cocoom_slack_plugin.notifications import kinds, time_zones
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule
from cocoom_slack_plugin.translations import N_

AT_ONCE = "now"
TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:00)?", re.ASCII)

WHAT_CANNOT_BE = {
    "tell": N_("There is nothing to tell that is called “{value}”. Choose from the list."),
    "digest": N_("“{value}” is not one of the choices."),
    "hour": N_("“{value}” is no hour of the day. Choose one from 0 to 23."),
    "weekday": N_("“{value}” is no day of the week. Choose one from the list."),
    "quiet_from": N_("“{value}” is no time of the day. Write it like 22:00, or leave both times empty."),
    "quiet_to": N_("“{value}” is no time of the day. Write it like 07:00, or leave both times empty."),
    "timezone": N_("The time zone “{value}” is not known. Choose one from the list, such as Europe/Paris."),
}
HALF = N_("Fill in both times, or leave both empty.")
EQUAL = N_("The quiet hours begin and end at the same time. Choose two times, or leave both empty.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is said next to a field: a message id and its value."""

    text: str
    value: str = ""


def _minute_of_the_day(typed: str) -> int | None:
    """Raises ValueError for what is no time; nothing typed is none."""
    if not typed:
        return None
    found = TIME_OF_DAY.fullmatch(typed)
    if not found:
        raise ValueError("no time of the day")
    return int(found[1]) * 60 + int(found[2])


def _zone(typed: str) -> str | None:
    """Raises ValueError for a name that the IANA does not know; nothing typed is the host's word."""
    if typed and typed not in time_zones.known():
        raise ValueError("no time zone")
    return typed or None


def _word(typed: str) -> str:
    """Raises ValueError for what is none of kinds.PERSONAL_WORDS."""
    if typed not in kinds.PERSONAL_WORDS:
        raise ValueError("no such word")
    return typed


MinuteOfTheDay = Annotated[int | None, BeforeValidator(_minute_of_the_day)]


class _Meant(BaseModel):
    """What the fields mean, each for itself."""

    tell: list[Annotated[str, AfterValidator(_word)]]
    digest: Literal["now"] | Every
    hour: Annotated[int, Field(ge=0, le=23)]
    weekday: Annotated[int, Field(ge=0, le=6)]
    quiet_from: MinuteOfTheDay
    quiet_to: MinuteOfTheDay
    timezone: Annotated[str | None, BeforeValidator(_zone)]

    def preferences(self) -> Preferences:
        quiet = None
        if self.quiet_from is not None and self.quiet_to is not None:
            quiet = QuietHours(self.quiet_from, self.quiet_to)
        digest = None if self.digest == AT_ONCE else Schedule(Every(self.digest), self.hour, self.weekday)
        off = frozenset(kinds.PERSONAL_WORDS) - frozenset(self.tell)
        return Preferences(off, quiet, digest, self.timezone)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they are shown and sent: all of them texts."""

    tell: tuple[str, ...]
    digest: str
    hour: str
    weekday: str
    quiet_from: str
    quiet_to: str
    timezone: str

    @classmethod
    def of(cls, known: Preferences) -> Typed:
        """As somebody would have typed these preferences."""
        when = known.digest or Schedule(Every.DAILY)
        return cls(
            tuple(word for word in kinds.PERSONAL_WORDS if word not in known.off),
            known.digest.every if known.digest else AT_ONCE,
            str(when.hour),
            str(when.weekday),
            _time(known.quiet.start) if known.quiet else "",
            _time(known.quiet.end) if known.quiet else "",
            known.timezone or "",
        )

    @classmethod
    def posted(cls, post: Any) -> Typed:
        """As it came. A field that is missing or a file is empty."""
        given = {name: post.get(name, "") for name in WHAT_CANNOT_BE}
        one = {name: value.strip() if isinstance(value, str) else "" for name, value in given.items()}
        several = tuple(each for each in post.getall("tell") if isinstance(each, str))
        return cls(**{**one, "tell": several})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class PreferencesForm:
    """``wanted`` is what the typed means; it is None exactly when there are ``problems``, which are by field."""

    typed: Typed
    wanted: Preferences | None
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @classmethod
    def stored(cls, known: Preferences) -> PreferencesForm:
        """The form as the person left it."""
        return cls(Typed.of(known), known)

    @classmethod
    def posted(cls, post: Any) -> PreferencesForm:
        """The form as it came."""
        typed = Typed.posted(post)
        given = {name: getattr(typed, name) for name in Typed.__dataclass_fields__}
        problems = _quiet_problems(typed)
        try:
            meant = _Meant.model_validate({**given, "tell": list(typed.tell)})
        except ValidationError as error:
            return cls(typed, None, {**problems, **_problems(error)})
        return cls(typed, None if problems else meant.preferences(), problems)


def _problems(error: ValidationError) -> dict[str, Problem]:
    """One for each field, with the beginning of what was typed there."""
    found = {str(each["loc"][0]): str(each["input"])[:80] for each in error.errors(include_url=False)}
    return {name: Problem(WHAT_CANNOT_BE[name], value) for name, value in found.items()}


def _quiet_problems(typed: Typed) -> dict[str, Problem]:
    """What is wrong with the two times together."""
    start, end = typed.quiet_from, typed.quiet_to
    if bool(start) != bool(end):
        return {"quiet_to" if start else "quiet_from": Problem(HALF)}
    try:
        equal = bool(start) and _minute_of_the_day(start) == _minute_of_the_day(end)
    except ValueError:
        return {}
    return {"quiet_to": Problem(EQUAL)} if equal else {}


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
