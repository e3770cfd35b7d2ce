"""A member of a workspace: person or bot (slack.md E2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class User:
    """``U…``, or ``W…`` for somebody known to a whole Grid organisation."""

    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None = None
    email_verified: bool = True
    tz: str = "Europe/Paris"
    locale: str = "en-US"
    title: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    is_bot: bool = False
    app_id: str | None = None
    enterprise_id: str | None = None
    updated: int = 0

    @property
    def given_name(self) -> str:
        return self.real_name.partition(" ")[0]

    @property
    def family_name(self) -> str:
        return self.real_name.partition(" ")[2]

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    def image(self, size: int) -> str:
        return f"https://avatars.example/{self.team_id}/{self.id}_{size}.png"
