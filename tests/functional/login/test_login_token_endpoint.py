"""Slack's token endpoint misbehaves (security.md S46-S54)."""

from __future__ import annotations

import resource
import time
from typing import Any

import pytest

TOKEN = "openid.connect.token"


@pytest.mark.parametrize(
    "code", ["bad_client_secret", "invalid_client_id", "bad_redirect_uri", "oauth_authorization_url_mismatch"]
)
@pytest.mark.parametrize("status", [200, 400])
def test_configuration(
    acme: Any, alice: Any, slack: Any, refused: Any, rows: Any, code: str, status: int
) -> None:
    """S46"""
    slack.control.fault("error", TOKEN, code=code, status=status)
    refused(acme.sign_in(), "configuration")
    assert rows.audit[0].detail == {"stage": "token_exchange", "slack": code}


def test_the_wrong_secret(acme: Any, alice: Any, slack: Any, refused: Any) -> None:
    """S46, S107"""
    slack.control.change_app("A0ACME", client_secret="regenerated-secret")
    try:
        refused(acme.sign_in(), "configuration")
    finally:
        slack.control.change_app("A0ACME", client_secret="acme-client-secret")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "code": "ratelimited"},
        {"kind": "error", "code": "internal_error"},
        {"kind": "error", "code": "fatal_error"},
        {"kind": "rate_limited"},
        {"kind": "server_error"},
        {"kind": "reset"},
        {"kind": "hang", "seconds": 4},
        {"kind": "trickle", "seconds": 0.4},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_unavailable(acme: Any, alice: Any, slack: Any, refused: Any, fault: dict[str, Any]) -> None:
    """S47, S51: within the deadline (2 s here), however slowly the bytes come."""
    back = acme.agree(acme.start())
    slack.control.fault(method=TOKEN, **fault)
    begun = time.monotonic()
    assert refused(acme.get(back), "slack_unavailable").status_int == 503
    assert time.monotonic() - begun < 3.5


def test_slack_is_not_there(acme: Any, alice: Any, rows: Any, refused: Any) -> None:
    """S47: connection refused"""
    back = acme.agree(acme.start())
    from cocoom_slack_plugin.login import strategy

    there = strategy._settings
    try:
        strategy._settings = lambda visit: {**there(visit), "ACCESS_TOKEN_URL": "http://127.0.0.1:9/api"}
        refused(acme.get(back), "slack_unavailable")
    finally:
        strategy._settings = there


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},
        {"kind": "empty"},
        {"kind": "json_list"},
        {"kind": "json_null"},
        {"kind": "truncated_after"},
        {"kind": "redirect"},
        {"kind": "error", "code": "new_error_2027"},
        {"kind": "rewrite", "drop": ["id_token"]},
        {"kind": "rewrite", "drop": ["access_token"]},
        {"kind": "rewrite", "merge": {"id_token": 1}},
        {"kind": "rewrite", "merge": {"ok": False}},
        {"kind": "rewrite", "merge": {"ok": False, "error": {"nested": 1}}},
    ],
    ids=str,
)
def test_bad_answers(acme: Any, alice: Any, slack: Any, rows: Any, fault: dict[str, Any]) -> None:
    """S48, S49, and redirects are not followed."""
    back = acme.agree(acme.start())
    slack.control.fault(method=TOKEN, **fault)
    answer = acme.get(back)
    assert answer.status_int == 503
    (outcome,) = rows.outcomes
    assert outcome in ("bad_answer", "slack_unavailable")
    if fault["kind"] != "truncated_after":
        assert outcome == "bad_answer"
    assert acme.session is None


def test_an_endless_answer(acme: Any, alice: Any, slack: Any, refused: Any) -> None:
    """S50: cut off, and memory stays flat (measured: kilobytes of the whole process)."""
    back = acme.agree(acme.start())
    # The stand-in lives in this process and makes up its answer piece by piece.
    slack.control.fault("huge", TOKEN, size=60_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(acme.get(back), "bad_answer")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_a_code_slack_does_not_know(acme: Any, alice: Any, refused: Any) -> None:
    from .visitor import query_of

    state = query_of(acme.start())["state"]
    refused(acme.get(f"/oidc?code=invented&state={state}"), "code_rejected")


def test_the_secret_goes_to_the_token_endpoint_and_nothing_is_asked_after_it(
    acme: Any, alice: Any, slack: Any
) -> None:
    acme.sign_in()
    (call,) = slack.control.requests(TOKEN)
    assert call["arguments"]["redirect_uri"] == "https://acme.cocoom.test/oidc"
    assert "code_verifier" not in call["arguments"]
    assert slack.control.requests("openid.connect.userInfo") == []
    assert slack.control.requests("discovery") == []
