from __future__ import annotations

from typing import Any

import pytest

from cocoom_slack_plugin.login.claims import Claims

TOKEN: dict[str, Any] = {
    "https://slack.com/team_id": "T1",
    "https://slack.com/user_id": "U1",
    "email": "a@b.example",
    "email_verified": True,
}


def test_what_is_taken() -> None:
    claims = Claims.of({**TOKEN, "https://slack.com/enterprise_id": "E1", "name": "not taken"})
    assert claims == Claims("T1", "U1", "E1", "a@b.example", True)


@pytest.mark.parametrize("verified", [False, None, "true", "True", 1, [True]])
def test_only_the_boolean_true_verifies(verified: object) -> None:
    claims = Claims.of({**TOKEN, "email_verified": verified})
    assert (claims.email, claims.email_known) == (None, True)


@pytest.mark.parametrize("email", [None, "", 5, ["a@b.example"], "a\x00@b.example", "\ud800@b.example"])
def test_an_email_is_a_text(email: object) -> None:
    claims = Claims.of({**TOKEN, "email": email})
    assert (claims.email, claims.email_known) == (None, False)


def test_the_email_is_not_printed() -> None:
    assert "a@b.example" not in repr(Claims.of(TOKEN))
