"""Id_tokens that are wrong on purpose (security.md A3, S60-S76)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Signing(StrEnum):
    """How the token is signed. Only the first is honest."""

    RS256 = "RS256"
    NONE = "none"
    HS256_SECRET = "HS256 with the client secret"
    HS256_PUBLIC_KEY = "HS256 with the public key"
    ES256 = "ES256"
    FOREIGN_KEY = "RS256 by a foreign key under our kid"


@dataclass(slots=True)
class IdTokenKnob:
    """What to change. Empty ``app`` (id or client id) means every app, ``times=None`` until cleared."""

    app: str = ""
    times: int | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims put over the true ones."""
    drop: list[str] = field(default_factory=list)
    iat_offset: int = 0
    """Seconds added to ``iat``, ``auth_time`` and ``exp``: a clock that runs ahead, or behind."""
    lifetime: int = 300
    """``exp - iat`` in seconds (slack.md A5); negative for an expired token."""
    signing: Signing = Signing.RS256
    kid: str | None = ""
    """Empty: the true one. None: no ``kid``. Anything else: that."""
    header: dict[str, Any] = field(default_factory=dict)
    """Further header fields, such as ``crit``."""
    segments: int = 3
    """How many of the three parts are sent."""


class IdTokenKnobs:
    def __init__(self) -> None:
        self.standing: list[IdTokenKnob] = []

    def add(self, knob: IdTokenKnob) -> None:
        self.standing.append(knob)

    def clear(self) -> None:
        self.standing.clear()

    def take(self, app_id: str, client_id: str) -> IdTokenKnob:
        """The knob in force for this app, an honest one when there is none."""
        for knob in self.standing:
            if knob.app in ("", app_id, client_id):
                if knob.times is not None:
                    knob.times -= 1
                    if knob.times <= 0:
                        self.standing.remove(knob)
                return knob
        return IdTokenKnob()
