"""Id_tokens that are wrong on purpose (security.md S60-S76, S100, S102)."""

from __future__ import annotations

from typing import Any

import pytest

from .moments import NOW, Written, at_last

TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"


@pytest.mark.parametrize(
    "knob",
    [
        {"claims": {"iss": "https://slack.com.evil.example"}},  # S61
        {"claims": {"aud": "1000000002.2000000002"}},  # S62
        {"claims": {"aud": ["1000000001.2000000001", "other"]}},  # S64
        {"claims": {"aud": ["1000000001.2000000001", "other"], "azp": "1000000001.2000000001"}},  # R8
        {"claims": {"azp": "other"}},  # S64
        {"drop": ["aud"]},  # S65
        {"drop": ["exp"]},
        {"drop": ["iat"]},
        {"drop": ["sub"]},
        {"drop": ["iss"]},
        {"claims": {"exp": NOW - 120}},  # S66
        {"claims": {"iat": NOW + 600}},  # S67
        {"claims": {"iat": NOW - 700}},  # S68
        {"claims": {"nbf": NOW + 3600}},  # S69
        {"claims": {"iat": Written(NOW)}},
        {"claims": {"sub": 5}},
        {"signing": "none"},  # S71
        {"signing": "HS256 with the client secret"},
        {"signing": "HS256 with the public key"},
        {"signing": "ES256"},
        {"signing": "RS256 by a foreign key under our kid"},
        {"kid": "unknown"},  # S72
        {"header": {"crit": ["x"], "x": 1}},
        {"segments": 2},
        {"segments": 1},
        {"claims": {"at_hash": "wrong"}},  # S74
        {"claims": {"sub": "U0BOB"}},
        {"drop": [TEAM]},
        {"claims": {TEAM: ["T0ACME"]}},
        {"claims": {TEAM: ""}},
        {"drop": [USER]},
        {"claims": {USER: None}},
    ],
    ids=str,
)
def test_refused(acme: Any, alice: Any, slack: Any, refused: Any, rows: Any, knob: dict[str, Any]) -> None:
    slack.control.id_token(**at_last(knob))
    refused(acme.sign_in(), "token_invalid")
    assert rows.identities == []


@pytest.mark.parametrize(
    "knob",
    [
        {"claims": {"exp": NOW + 10 * 365 * 86400}},  # S75
        {"lifetime": -3},  # S66: expired 3 s ago
        {"iat_offset": 5},  # S67
        {"kid": None},  # S72
        {"drop": ["at_hash"]},  # S74
        {"claims": {"aud": ["1000000001.2000000001"]}},
    ],
    ids=str,
)
def test_accepted(acme: Any, alice: Any, slack: Any, knob: dict[str, Any]) -> None:
    slack.control.id_token(**at_last(knob))
    assert acme.sign_in().status_int == 303


def test_rotated_keys(acme: Any, visitor: Any, alice: Any, slack: Any) -> None:
    """S72: one look for new keys."""
    from .host import ACME

    acme.sign_in()
    slack.control.rotate_keys()
    assert visitor(ACME).sign_in().status_int == 303


@pytest.mark.parametrize(
    "knob",
    [
        {"claims": {"nonce": "other"}},
        {"drop": ["nonce"]},
        {"claims": {"nonce": ""}},
        {"claims": {"nonce": ["x"]}},
    ],
    ids=str,
)
def test_nonce(acme: Any, alice: Any, slack: Any, refused: Any, rows: Any, knob: dict[str, Any]) -> None:
    """R2: load-bearing, because there is no PKCE."""
    slack.control.id_token(**at_last(knob))
    refused(acme.sign_in(), "nonce_mismatch")
    assert rows.persons == []


def test_the_nonce_of_another_attempt(acme: Any, alice: Any, slack: Any, refused: Any) -> None:
    from .visitor import query_of

    other = query_of(acme.start())["nonce"]
    slack.control.id_token(claims={"nonce": other})
    refused(acme.sign_in(), "nonce_mismatch")


def test_another_workspace(acme: Any, alice: Any, slack: Any, refused: Any) -> None:
    """S100: the expected workspace is named, the given one is not."""
    slack.control.id_token(claims={TEAM: "T0GLOBEX", "https://slack.com/team_name": "Globex-secret-name"})
    text = refused(acme.sign_in(), "wrong_workspace").text
    assert "Acme Workspace" in text
    assert "T0GLOBEX" not in text
    assert "Globex" not in text


def test_case_matters_in_the_workspace(acme: Any, alice: Any, slack: Any, refused: Any) -> None:
    slack.control.id_token(claims={TEAM: "t0acme"})
    refused(acme.sign_in(), "wrong_workspace")


def test_a_right_enterprise_does_not_make_up_for_a_wrong_workspace(
    acme: Any, alice: Any, slack: Any, rows: Any, refused: Any
) -> None:
    """S103: nothing pins an enterprise yet."""
    rows.run("UPDATE cocoom_slack_connection SET enterprise_id = 'E0ORION' WHERE tenant_id = 'acme'")
    slack.control.id_token(claims={TEAM: "T0ORION", "https://slack.com/enterprise_id": "E0ORION"})
    refused(acme.sign_in(), "wrong_workspace")


def test_claims_beside_the_token_count_for_nothing(
    acme: Any, alice: Any, slack: Any, refused: Any, rows: Any
) -> None:
    """S102, S87: the token answer's own keys are signed by nobody."""
    slack.control.id_token(drop=["email", "email_verified"])
    slack.control.fault(
        "rewrite",
        "openid.connect.token",
        merge={"email": "alice@acme.example", "email_verified": True, TEAM: "T0ACME", "sub": "U0ALICE"},
    )
    refused(acme.sign_in(), "email_missing")


def test_keys_that_cannot_be_had(
    visitor: Any, people: Any, engine: Any, rows: Any, slack: Any, alice: Any
) -> None:
    """The keys come under the same deadline and limits as the token."""
    from social_core.backends.open_id_connect import OpenIdConnectAuth

    from .host import ACME

    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    slack.control.fault("huge", "keys", times=1)
    assert visitor(ACME).sign_in().status_int == 503
    slack.control.fault("hang", "keys", times=1, seconds=4)
    assert visitor(ACME).sign_in().status_int == 503
    assert rows.outcomes == ["bad_answer", "slack_unavailable"]
    assert visitor(ACME).sign_in().status_int == 303
