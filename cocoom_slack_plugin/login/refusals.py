"""Why a sign-in is refused: one exception, a closed set of codes."""

from __future__ import annotations

import enum

from cocoom_slack_plugin.errors import CocoomSlackError


class Code(enum.StrEnum):
    """Stable names of the reasons, for audit rows, logs and tests (security.md A3)."""

    # what the browser brought
    CSRF = "csrf"
    STATE_MISSING = "state_missing"
    SESSION_LOST = "session_lost"
    EXPIRED = "expired"
    MALFORMED = "malformed"
    CODE_MISSING = "code_missing"
    MIX_UP = "mix_up"
    CANCELLED = "cancelled"
    ALREADY_SIGNED_IN = "already_signed_in"
    SIGNED_OUT = "signed_out"
    OTHER_USER = "other_user"
    NOT_ADMINISTRATOR = "not_administrator"
    # the tenant's Slack app, and Slack itself
    NOT_CONFIGURED = "not_configured"
    CONFIGURATION = "configuration"
    SLACK_UNAVAILABLE = "slack_unavailable"
    TLS = "tls"
    CODE_REJECTED = "code_rejected"
    BAD_ANSWER = "bad_answer"
    TOKEN_INVALID = "token_invalid"
    NONCE_MISMATCH = "nonce_mismatch"
    # who came
    WRONG_WORKSPACE = "wrong_workspace"
    EMAIL_MISSING = "email_missing"
    EMAIL_UNVERIFIED = "email_unverified"
    NOT_INVITED = "not_invited"
    AMBIGUOUS = "ambiguous"
    ACCOUNT_DISABLED = "account_disabled"
    IDENTITY_CONFLICT = "identity_conflict"
    GUEST = "guest"
    GUEST_UNKNOWN = "guest_unknown"
    ONLY_WAY_IN = "only_way_in"
    # ourselves
    UNAVAILABLE = "unavailable"


class Refused(CocoomSlackError):
    """A sign-in ends here, and nobody is signed in.

    ``detail`` goes into the audit row and the log: names of claims, stages and Slack's error codes, never a value that
    came with the request or the token.
    """

    def __init__(self, reason: Code, **detail: str) -> None:
        self.reason = reason
        self.code = reason.value
        self.detail = detail
        super().__init__(f"sign-in refused: {reason}")
