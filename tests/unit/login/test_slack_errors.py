from __future__ import annotations

from typing import Any

import pytest
from social_core.exceptions import AuthCanceled, SocialAuthBaseException

from cocoom_slack_plugin.login import slack_errors
from cocoom_slack_plugin.login.slack_errors import (
    CODE_REJECTED,
    CONFIGURATION,
    RATE_LIMITED,
    UNAVAILABLE,
    classify,
)


def _classify(data: object, status: int | None = 200) -> SocialAuthBaseException | None:
    backend: Any = None
    return classify(backend, data, stage="token_exchange", status_code=status, retry_after=None)


def test_no_code_is_in_two_groups() -> None:
    groups = [CONFIGURATION, UNAVAILABLE, RATE_LIMITED, CODE_REJECTED]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


@pytest.mark.parametrize(
    ("group", "code"),
    [
        (CONFIGURATION, "invalid_setting"),
        (UNAVAILABLE, "unavailable"),
        (RATE_LIMITED, "rate_limited"),
        (CODE_REJECTED, "authorization_code_rejected"),
    ],
)
def test_groups(group: frozenset[str], code: str) -> None:
    for slack_code in group:
        error = _classify({"ok": False, "error": slack_code})
        assert error is not None
        assert (error.code, error.provider_code) == (code, slack_code)


def test_not_ok_without_a_code_is_an_error_too() -> None:
    for data in ({"ok": False}, {"ok": "yes"}, {"ok": False, "error": {}}, {"ok": None}):
        error = _classify(data)
        assert error is not None
        assert error.code == "malformed_response"


def test_other_data_is_left_to_social_core() -> None:
    for data in (None, [], "x", {}, {"ok": True, "access_token": "x"}, {"error": "access_denied"}):
        assert _classify(data) is None
    assert AuthCanceled.default_code == "authorization_declined"
    assert slack_errors.classify.__doc__
