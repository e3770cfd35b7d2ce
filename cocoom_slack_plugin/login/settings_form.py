"""The form of the settings page: what was typed, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from cocoom_hooks.payloads import Role
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.login import domains, fields, rules
from cocoom_slack_plugin.login.policy import Pin, Policy, Rules
from cocoom_slack_plugin.login.refusals import Code, Refused

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is said next to a field: a message id and its value."""

    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """``domains`` is what was typed, so that it can be shown again; ``rules`` is what it means."""

    rules: Rules
    domains: str
    version: int
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @classmethod
    def stored(cls, seen: Connection) -> SettingsForm:
        """The form as the connection has it."""
        found = Rules.of(seen)
        return cls(found, ", ".join(found.domains), seen.version)

    @classmethod
    def posted(cls, post: Any, seen: Connection) -> SettingsForm:
        """The form as it came. Raises Refused(malformed) for what no browser makes of our page."""
        typed = fields.text(post, "domains")
        found: dict[str, Problem] = {}
        listed: list[str] = []
        try:
            listed = domains.read(typed)
        except domains.UnusableDomains as unusable:
            found["domains"] = Problem(unusable.text, unusable.value)
        wanted = Rules(
            _choice(post, "policy", Policy),
            tuple(listed),
            _choice(post, "role", Role),
            fields.text(post, "guests") == "yes",
            _choice(post, "pin", Pin),
        )
        said = {name: Problem(text) for name, text in rules.problems(seen, wanted).items()}
        return cls(wanted, typed, fields.number(post, "version"), {**said, **found})


def _choice(post: Any, name: str, kind: type[Choice]) -> Choice:
    try:
        return kind(fields.text(post, name))
    except ValueError:
        raise Refused(Code.MALFORMED) from None
