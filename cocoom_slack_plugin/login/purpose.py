"""What somebody goes to Slack for. An attempt of one purpose is worth nothing to another (security.md S30, R5)."""

from __future__ import annotations

import enum


class Purpose(enum.StrEnum):
    """Stable names, stored with each attempt; a sign-in alone needs nobody to be signed in already."""

    SIGN_IN = "sign_in"
    LINK = "link"
    TEST = "test"

    @property
    def action(self) -> str:
        """The name under which the audit has it."""
        return f"login.{self}"

    @property
    def needs_user(self) -> bool:
        """Whether only the signed-in user who started it may finish it."""
        return self is not Purpose.SIGN_IN
