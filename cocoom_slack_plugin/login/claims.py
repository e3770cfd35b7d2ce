"""What we take from a validated id_token, and nothing else (slack.md A5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM = "https://slack.com/team_id"
USER = "https://slack.com/user_id"
ENTERPRISE = "https://slack.com/enterprise_id"


@dataclass(frozen=True, slots=True)
class Claims:
    """Who came. ``email`` is set only when Slack vouches for it; ``email_known`` tells whether there was one at all."""

    team_id: str
    slack_user_id: str
    enterprise_id: str | None = None
    email: str | None = field(default=None, repr=False)
    email_known: bool = False

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
