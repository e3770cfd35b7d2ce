"""One call of a Web API method: who calls, with what."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from demo.slack.api.error import SlackError, missing_field
from demo.slack.world.app import App, Token
from demo.slack.world.team import Team

if TYPE_CHECKING:
    from demo.slack.slack import Slack


@dataclass(slots=True)
class Call:
    slack: Slack
    arguments: dict[str, Any]
    credentials: tuple[str, str] = ("", "")
    """Client id and secret, from HTTP Basic or from the form."""
    known_token: Token | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def token(self) -> Token:
        """The token of an authenticated method."""
        if self.known_token is None:
            raise SlackError("not_authed")
        return self.known_token

    @property
    def app(self) -> App:
        return self.slack.world.apps[self.token.app_id]

    def team(self) -> Team:
        """The token's own workspace, or for an org-wide one the ``team_id`` argument (slack.md B2)."""
        token = self.token
        if token.team_id is not None:
            return self.slack.world.teams[token.team_id]
        asked = self.required("team_id")
        if asked not in token.granted_team_ids:
            raise SlackError("team_access_not_granted")
        return self.slack.world.teams[asked]

    def text(self, name: str, default: str = "") -> str:
        """A scalar argument as text, whether it came as form or as JSON."""
        value = self.arguments.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """Raises SlackError ``invalid_arguments``, as Slack does for a missing field."""
        value = self.text(name)
        if not value:
            raise missing_field(name)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.arguments.get(name)
        if value is None or value == "":
            return default
        return value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, error: str = "invalid_arguments") -> int:
        value = self.arguments.get(name)
        if value is None or value == "":
            return default
        try:
            return int(str(value))
        except ValueError:
            raise SlackError(error) from None

    def structure(self, name: str, error: str) -> Any:
        """A JSON argument: native in a JSON body, text in a form. None when absent."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def require_scope(self, *accepted: str) -> None:
        """Raises SlackError ``missing_scope`` unless the token holds one of them."""
        token = self.token
        if token.scopes.isdisjoint(accepted):
            raise SlackError("missing_scope", needed=accepted[0], provided=token.scopes_header)
