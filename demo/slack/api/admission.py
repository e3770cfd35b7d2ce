"""May this token call this method now? (slack.md I3, E1)"""

from __future__ import annotations

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.api.method import Method
from demo.slack.world.app import Token, TokenState

_REFUSALS = {
    TokenState.EXPIRED: "token_expired",
    TokenState.INACTIVE: "account_inactive",
}


class RateLimitedError(Exception):
    """Becomes HTTP 429. ``wait`` is whole seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"retry after {wait} s")
        self.wait = wait


def admit(call: Call, method: Method, presented: str) -> None:
    """Raises SlackError or RateLimitedError; afterwards the handler may rely on the token."""
    if not method.token_kinds:
        _check_quota(call, method, "", call.credentials[0])
        return
    token = call.known_token
    if token is None:
        raise SlackError("invalid_auth" if presented else "not_authed")
    _check_state(token)
    _check_quota(call, method, token.team_id or token.enterprise_id or "", token.app_id)
    if token.kind not in method.token_kinds:
        raise SlackError("not_allowed_token_type")
    if method.scopes:
        call.require_scope(*method.scopes)


def _check_state(token: Token) -> None:
    """A bot whose app is gone is inactive; a user's token is revoked (slack.md I3)."""
    if token.state is TokenState.ACTIVE:
        return
    if token.state is TokenState.REVOKED:
        raise SlackError("account_inactive" if token.kind == "bot" else "token_revoked")
    raise SlackError(_REFUSALS[token.state])


def _check_quota(call: Call, method: Method, team_id: str, app_id: str) -> None:
    wait = call.slack.rate_limits.wait_for_call(method.name, method.tier, team_id, app_id)
    if wait:
        raise RateLimitedError(wait)
