"""What we take from a validated id_token, and nothing else (slack.md A5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM = "https://slack.com/team_id"
USER = "https://slack.com/user_id"
ENTERPRISE = "https://slack.com/enterprise_id"
TEAM_NAME = "https://slack.com/team_name"
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
LONGEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Claims:
    """Who came. ``email`` is set only when Slack vouches for it; ``email_known`` tells whether there was one at all."""

    team_id: str
    slack_user_id: str
    enterprise_id: str | None = None
    email: str | None = field(default=None, repr=False)
    email_known: bool = False
    by_enterprise: bool = False

    @property
    def realm(self) -> str:
        """Within which the user id is unique: the workspace, or the organisation of a tenant that pinned it."""
        return self.enterprise_id if self.by_enterprise and self.enterprise_id else self.team_id

    @classmethod
    def of(cls, id_token: Mapping[str, Any]) -> Claims:
        """Read the claims of an id_token that the backend has validated."""
        email = id_token.get("email")
        # Not printable are, among others, what no database takes: NUL and lone surrogates.
        known = isinstance(email, str) and email != "" and email.isprintable()
        # Only the boolean true counts: "true", 1 and a missing claim do not (security.md S115).
        verified = known and id_token.get("email_verified") is True
        enterprise = id_token.get(ENTERPRISE)
        return cls(
            team_id=id_token[TEAM],
            slack_user_id=id_token[USER],
            enterprise_id=enterprise if isinstance(enterprise, str) and enterprise else None,
            email=email if verified else None,
            email_known=known,
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody calls themselves at Slack: to be shown to them and to name a new account, never to decide by."""

    name: str = ""
    workspace: str = ""
    locale: str | None = None

    @classmethod
    def of(cls, id_token: Mapping[str, Any]) -> Profile:
        """Read the profile of an id_token that the backend has validated; what is no plain text counts as missing."""
        locale = id_token.get("locale")
        return cls(
            _line(id_token.get("name")),
            _line(id_token.get(TEAM_NAME)),
            locale if isinstance(locale, str) and LOCALE.fullmatch(locale) else None,
        )


def _line(value: object) -> str:
    # What is not printable includes the marks that turn the direction of a text.
    return value.strip()[:LONGEST_LINE] if isinstance(value, str) and value.isprintable() else ""
