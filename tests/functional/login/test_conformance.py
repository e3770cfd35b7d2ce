"""The modules of the OpenID Foundation's suite for relying parties (security.md A2), imitated with the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from social_core.backends.open_id_connect import OpenIdConnectAuth

from .attack_table import MODULES, MODULES_THAT_DO_NOT_APPLY
from .visitor import query_of

PREFIX = "oidcc-client-test"


def _knob(**knob: Any) -> Callable[[Any], None]:
    return lambda slack: slack.control.id_token(**knob)


def _one_key(slack: Any) -> None:
    keys = slack.run(lambda there: there.keys.jwks()["keys"][:1])
    slack.control.fault("rewrite", "keys", merge={"keys": keys})
    slack.control.id_token(kid=None)


def _other_user_info(slack: Any) -> None:
    slack.control.fault("rewrite", "openid.connect.userInfo", merge={"sub": "U0EVIL"})


def _discovery(**changes: str) -> Callable[[Any], None]:
    return lambda slack: slack.control.fault("rewrite", "discovery", merge=changes)


def _rotated(slack: Any) -> None:
    slack.control.rotate_keys()


def _rotated_for_good(slack: Any) -> None:
    slack.control.rotate_keys(keep_old=False)


def _nothing(slack: Any) -> None:
    pass


ARRANGED: dict[str, Callable[[Any], None]] = {
    "": _nothing,
    "-invalid-iss": _knob(claims={"iss": "https://slack.example"}),
    "-missing-sub": _knob(drop=["sub"]),
    "-invalid-aud": _knob(claims={"aud": "somebody-else"}),
    "-missing-iat": _knob(drop=["iat"]),
    "-kid-absent-single-jwks": _one_key,
    "-kid-absent-multiple-jwks": _knob(kid=None),
    "-idtoken-sig-rs256": _nothing,
    "-idtoken-sig-none": _knob(signing="none"),
    "-invalid-sig-rs256": _knob(signing="RS256 by a foreign key under our kid"),
    "-userinfo-invalid-sub": _other_user_info,
    "-nonce-invalid": _knob(claims={"nonce": "invalid"}),
    "-scope-userinfo-claims": _nothing,
    "-client-secret-basic": _nothing,
    "-missing-aud": _knob(drop=["aud"]),
    "-invalid-sig-es256": _knob(signing="ES256"),
    "-invalid-sig-hs256": _knob(signing="HS256 with the client secret"),
    "-discovery-openid-config": _nothing,
    "-discovery-jwks-uri-keys": _discovery(jwks_uri="https://evil.example/keys"),
    "-discovery-issuer-mismatch": _discovery(issuer="https://evil.example"),
    "-signing-key-rotation": _rotated,
    "-signing-key-rotation-just-before-signing": _rotated_for_good,
    "-invalid-athash": _knob(claims={"at_hash": "invalid"}),
    "-missing-athash": _knob(drop=["at_hash"]),
}


@pytest.fixture
def fresh_keys() -> Any:
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    yield
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()


@pytest.mark.parametrize(("module", "expected"), MODULES.items(), ids=MODULES)
def test_module(
    acme: Any, alice: Any, slack: Any, refused: Any, fresh_keys: Any, module: str, expected: str
) -> None:
    """S60, S61, S62, S65, S71, S72, S74, S85, S86, S87, S89: userInfo is not called at all, whatever it would say."""
    address = acme.start()
    back = acme.agree(address)
    ARRANGED[module.removeprefix(PREFIX)](slack)
    answer = acme.get(back)
    if expected == "accept":
        assert answer.status_int == 303, answer.text
    else:
        refused(answer, expected)
    assert slack.control.requests("openid.connect.userInfo") == []
    assert slack.control.requests("discovery") == []
    assert set(query_of(address)["scope"].split()) == {"openid", "email", "profile"}


def test_the_secret_goes_into_the_form_although_basic_is_offered_too(
    acme: Any, alice: Any, slack: Any
) -> None:
    """oidcc-client-test-client-secret-basic: Slack documents the form first, and one way is enough."""
    acme.sign_in()
    (call,) = slack.control.requests("openid.connect.token")
    assert call["arguments"]["client_id"] == "1000000001.2000000001"
    assert "Authorization" not in call["headers"]


@pytest.mark.parametrize("method", ["invalid_auth", "other sub", "no sub", "list", "html", "500"])
def test_user_info_cannot_spoil_a_sign_in(
    acme: Any, alice: Any, slack: Any, people: Any, method: str
) -> None:
    """S85, S86, S87, S89: the signed token decides alone, so there is nothing half about it."""
    name = "openid.connect.userInfo"
    faults: dict[str, dict[str, Any]] = {
        "invalid_auth": {"kind": "error", "code": "invalid_auth"},
        "other sub": {"kind": "rewrite", "merge": {"sub": "U0EVIL"}},
        "no sub": {"kind": "rewrite", "merge": {"email": "director@acme.example"}, "drop": ["sub"]},
        "list": {"kind": "json_list"},
        "html": {"kind": "html"},
        "500": {"kind": "server_error"},
    }
    slack.control.fault(method=name, **faults[method])
    assert acme.sign_in().status_int == 303
    assert people.sessions[acme.session] == ("acme", "u-alice")
    assert slack.control.requests(name) == []


def test_a_login_that_somebody_else_initiates_starts_nothing(acme: Any, rows: Any) -> None:
    """oidcc-client-test-3rd-party-init-login: only the button starts (S02)."""
    acme.get("/slack/sign-in?iss=https://slack.com&login_hint=x&target_link_uri=https://evil.example/")
    assert rows.attempts == []


def test_an_error_by_form_post_is_refused(acme: Any) -> None:
    """oidcc-client-test-form-post-error: S38."""
    assert acme.app.post("/oidc", {"error": "access_denied"}, expect_errors=True).status_int == 405


def test_no_module_is_forgotten() -> None:
    assert {PREFIX + name for name in ARRANGED} == set(MODULES)
    assert not set(MODULES) & set(MODULES_THAT_DO_NOT_APPLY)
    assert all(MODULES_THAT_DO_NOT_APPLY.values())
