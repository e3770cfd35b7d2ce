"""Slack's error codes at sign-in as social-core's exceptions (slack.md A4, D4; security.md S46, S47).

Slack answers errors with HTTP 200 and ``ok: false``; some codes have RFC 6749 names and may come with 400 or 401.
"""

from __future__ import annotations

from typing import Any

from social_core.backends.base import BaseAuth
from social_core.exceptions import (
    AuthConfigurationError,
    AuthCredentialError,
    AuthProviderError,
    AuthResponseError,
    ErrorStage,
    SocialAuthBaseException,
)

CONFIGURATION = frozenset(
    {
        "app_access_restricted",
        "bad_client_id",
        "bad_client_secret",
        "bad_redirect_uri",
        "cannot_install_an_org_installed_app",
        "enterprise_is_restricted",
        "invalid_client",
        "invalid_client_id",
        "invalid_grant_type",
        "invalid_request",
        "invalid_scope",
        "invalid_team_for_non_distributed_app",
        "missing_scope",
        "no_scopes",
        "oauth_authorization_url_mismatch",
        "pkce_not_allowed",
        "preview_feature_not_available",
        "team_access_not_granted",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
UNAVAILABLE = frozenset(
    {
        "fatal_error",
        "internal_error",
        "org_login_required",
        "request_timeout",
        "server_error",
        "service_unavailable",
        "team_added_to_org",
        "temporarily_unavailable",
    }
)
RATE_LIMITED = frozenset({"rate_limited", "ratelimited"})
CODE_REJECTED = frozenset({"code_already_used", "code_expired", "invalid_code", "invalid_grant"})


def classify(
    backend: BaseAuth[Any],
    data: object,
    *,
    stage: ErrorStage,
    status_code: int | None,
    retry_after: str | None,
) -> SocialAuthBaseException | None:
    """The exception for one of the codes above or for ``ok: false``; None when social-core's own rules shall decide."""
    if not isinstance(data, dict):
        return None
    code = data.get("error")
    fields: dict[str, Any] = {
        "stage": stage,
        "provider_code": code,
        "status_code": status_code,
        "retry_after": retry_after,
    }
    if not isinstance(code, str) or not code:
        refused = data.get("ok", True) is not True
        return AuthResponseError(backend, code="malformed_response", stage=stage) if refused else None
    if code in CONFIGURATION:
        return AuthConfigurationError(backend, code="invalid_setting", **fields)
    if code in RATE_LIMITED or status_code == 429:
        return AuthProviderError(backend, code="rate_limited", **fields)
    if code in UNAVAILABLE:
        return AuthProviderError(backend, code="unavailable", **fields)
    if code in CODE_REJECTED:
        return AuthCredentialError(
            backend, code="authorization_code_rejected", source="provider_response", **fields
        )
    return None
