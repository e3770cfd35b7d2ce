"""Answers given in advance, so that a test needs no browser: "for this app, agree as Alice"."""

from __future__ import annotations

CANCEL = "cancel"


class Approvals:
    """App id -> who agrees at once. ``*`` stands for every app, ``cancel`` for pressing Cancel."""

    def __init__(self) -> None:
        self._standing: dict[str, tuple[str, str]] = {}

    def set(self, app_id: str, team_id: str, user_id: str) -> None:
        self._standing[app_id] = (team_id, user_id)

    def clear(self) -> None:
        self._standing.clear()

    def standing(self, app_id: str) -> tuple[str, str] | None:
        """(team id, user id or ``cancel``), or None: ask the person."""
        return self._standing.get(app_id) or self._standing.get("*")
