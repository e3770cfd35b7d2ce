"""Authorization codes: one use, ten minutes, bound to client, redirect address and flow (slack.md A3, I4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from demo.slack.api.error import SlackError
from demo.slack.clock import Clock
from demo.slack.world.app import App

LIFETIME = 600.0
KEPT = 10_000


class Flow(StrEnum):
    OPENID = "openid"
    INSTALL = "install"


@dataclass(slots=True)
class Grant:
    """What a person agreed to, waiting behind a code."""

    flow: Flow
    app_id: str
    team_id: str
    user_id: str
    redirect_uri: str
    """Empty when the authorize request named none; then the exchange need not repeat it."""
    scopes: frozenset[str]
    user_scopes: frozenset[str] = frozenset()
    nonce: str = ""
    enterprise_id: str | None = None
    """Set for an org-wide install."""


class Codes:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, tuple[Grant, float]] = {}

    def issue(self, grant: Grant) -> str:
        code = f"{secrets.token_hex(6)}.{secrets.token_hex(20)}"
        self._waiting[code] = (grant, self._clock.now())
        if len(self._waiting) > KEPT:
            del self._waiting[next(iter(self._waiting))]
        return code

    def redeem(self, code: str, app: App, flow: Flow, redirect_uri: str) -> Grant:
        """Use the code up; raises SlackError with the code Slack gives for what is wrong."""
        grant, issued = self._waiting.get(code, (None, 0.0))
        if grant is None or grant.app_id != app.id or self._clock.now() - issued > LIFETIME:
            raise SlackError("invalid_code")
        if grant.flow is not flow:
            raise SlackError("oauth_authorization_url_mismatch")
        if redirect_uri != grant.redirect_uri:
            raise SlackError("bad_redirect_uri")
        del self._waiting[code]
        return grant
