"""A refusal in Slack's own words."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """Becomes HTTP 200 ``{"ok": false, "error": code, ...}`` (slack.md section 0)."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


def with_messages(code: str, errors: list[str]) -> SlackError:
    """An error with explanations, in both places where Slack puts them (slack.md D2)."""
    messages = [f"[ERROR] {error}" for error in errors]
    return SlackError(code, errors=errors, response_metadata={"messages": messages})


def missing_field(name: str) -> SlackError:
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
    )
