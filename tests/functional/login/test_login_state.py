"""The state: bound to base, browser and purpose, spent once (security.md S20-S40)."""

from __future__ import annotations

import threading
import time
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest

from cocoom_hooks.payloads import UserStatus

from .host import ACME, GLOBEX
from .visitor import Visitor, query_of

CODE = "123.abc"


def test_no_state(acme: Any, refused: Any, token_calls: Any) -> None:
    """S20"""
    refused(acme.get(f"/oidc?code={CODE}"), "state_missing")
    assert token_calls() == 0


@pytest.mark.parametrize("state", ["unknown", "%00", "x" * 5000, "%F0%9F%98%80"])
def test_a_state_nobody_made(acme: Any, refused: Any, state: str, token_calls: Any) -> None:
    """S21"""
    acme.start()
    code = "expired" if len(state) > 128 else "session_lost"
    refused(acme.get(f"/oidc?code={CODE}&state={state}"), code)
    assert token_calls() == 0


def test_a_state_in_brackets(acme: Any, refused: Any) -> None:
    """S21"""
    refused(acme.get("/oidc?code=x&state[]=x"), "state_missing")


def test_bytes_that_are_no_text(acme: Any, refused: Any) -> None:
    """S22"""
    assert refused(acme.get("/oidc?state=%ff&code=x"), "malformed").status_int == 400


def test_the_callback_of_another_browser(
    acme: Any, visitor: Any, alice: Any, refused: Any, token_calls: Any
) -> None:
    """S23: login CSRF"""
    back = acme.agree(acme.start())
    victim = visitor(ACME)
    victim.start()
    refused(victim.get(back), "session_lost")
    assert victim.session is None
    assert token_calls() == 0
    assert acme.get(back).status_int == 303, "the attempt was not spent by somebody else"


def test_a_browser_without_cookies(acme: Any, visitor: Any, alice: Any, refused: Any) -> None:
    """S40"""
    back = acme.agree(acme.start())
    answer = refused(visitor(ACME).get(back), "session_lost")
    assert 'href="/slack/sign-in"' in answer.text


def test_a_state_of_one_base_at_another(
    acme: Any, globex: Any, people: Any, rows: Any, refused: Any, token_calls: Any
) -> None:
    """S29: no token call, so the other base's secret is not sent; no row of another base is touched."""
    people.add(GLOBEX, "u-1", "alice@acme.example")
    back = acme.agree(acme.start())
    name = "__Host-cocoom-slack-sign-in"
    globex.app.set_cookie(name, acme.app.cookies[name])
    before = rows.attempts
    refused(globex.get(back), "session_lost", tenant="globex")
    assert token_calls() == 0
    assert rows.attempts == before


def test_a_state_of_another_flow(acme: Any, alice: Any, rows: Any, refused: Any, token_calls: Any) -> None:
    """S30"""
    back = acme.agree(acme.start())
    rows.run("UPDATE cocoom_slack_login_attempt SET purpose = 'install'")
    refused(acme.get(back), "session_lost")
    assert token_calls() == 0


def test_the_same_callback_again(acme: Any, alice: Any, rows: Any, people: Any, token_calls: Any) -> None:
    """S24"""
    back = acme.agree(acme.start())
    acme.start()  # a second tab, so that the browser keeps its cookie
    assert acme.get(back).status_int == 303
    session = acme.session
    assert acme.get(back).status_int == 400
    assert acme.session == session
    assert session in people.sessions
    assert sorted(rows.outcomes) == ["expired", "ok"]
    assert token_calls() == 1


def test_the_same_callback_eight_times_at_once(
    acme: Any, application: Any, alice: Any, rows: Any, token_calls: Any
) -> None:
    """S25: exactly one success, exactly one token call."""
    back = acme.agree(acme.start())
    cookies = dict(acme.app.cookies)
    barrier = threading.Barrier(8)
    answers = []

    def arrive() -> None:
        twin = Visitor(application, ACME)
        for name, value in cookies.items():
            twin.app.set_cookie(name, value.strip('"'))
        barrier.wait()
        answers.append(twin.get(back).status_int)

    threads = [threading.Thread(target=arrive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [400] * 7
    assert token_calls() == 1
    assert sorted(rows.outcomes) == ["expired"] * 7 + ["ok"]


def test_a_failed_exchange_cannot_be_repeated(
    acme: Any, alice: Any, slack: Any, rows: Any, token_calls: Any
) -> None:
    """S26: spent before the exchange, in a committed transaction."""
    back = acme.agree(acme.start())
    slack.control.fault("server_error", "openid.connect.token", times=1)
    assert acme.get(back).status_int == 503
    assert acme.get(back).status_int == 400
    assert rows.outcomes == ["slack_unavailable", "expired"]
    assert token_calls() == 1
    assert acme.sign_in().status_int == 303


@pytest.mark.parametrize("shift", [601, 1801, -60])
def test_too_late_or_before_its_time(
    acme: Any, alice: Any, refused: Any, shift: int, token_calls: Any
) -> None:
    """S27, S28"""
    back = acme.agree(acme.start())
    with patch("social_core.backends.oauth._time", return_value=time.time() + shift):
        refused(acme.get(back), "expired")
    assert token_calls() == 0


def test_cancelled(acme: Any, alice: Any, slack: Any, rows: Any, refused: Any) -> None:
    """S31: the attempt is spent."""
    slack.control.cancel_sign_in(app="A0ACME")
    back = acme.agree(acme.start())
    assert query_of(back)["error"] == "access_denied"
    assert "cancelled" in refused(acme.get(back), "cancelled").text
    acme.get(back)
    assert rows.outcomes == ["cancelled", "expired"]


@pytest.mark.parametrize("state", ["", "&state=foreign"])
def test_an_error_without_our_state(acme: Any, refused: Any, state: str) -> None:
    """S32: the state is looked at first, the error's text never."""
    code = "session_lost" if state else "state_missing"
    answer = acme.get(f"/oidc?error=access_denied&error_description=boo-text{state}")
    assert "boo-text" not in refused(answer, code).text


def test_a_hostile_error(acme: Any, alice: Any, refused: Any, rows: Any, caplog: Any) -> None:
    """S33"""
    state = query_of(acme.start())["state"]
    error = quote("<script>\r\nfake log line")
    long = "x" * 10_000
    answer = acme.get(f"/oidc?state={state}&error={error}&error_description={long}{error}")
    refused(answer, "bad_answer")
    assert "<script>" not in answer.text
    assert long not in answer.text
    assert "script" not in str(rows.audit[0].detail)
    assert "fake log line" not in caplog.text


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("&error=access_denied", "malformed"),  # S34
        ("&code=second", "malformed"),  # S35
        ("&state=second", "malformed"),  # S35
        ("&iss=https://evil.example", "mix_up"),  # S37
        ("&iss=", "mix_up"),
    ],
)
def test_an_answer_with_something_beside_it(
    acme: Any, alice: Any, refused: Any, token_calls: Any, extra: str, code: str
) -> None:
    refused(acme.get(acme.agree(acme.start()) + extra), code)
    assert token_calls() == 0


def test_the_right_issuer_may_be_named(acme: Any, alice: Any, slack: Any) -> None:
    """RFC 9207"""
    assert acme.get(acme.agree(acme.start()) + f"&iss={slack.url}").status_int == 303


@pytest.mark.parametrize("code", ["", "&code="])
def test_no_code(acme: Any, alice: Any, refused: Any, token_calls: Any, code: str) -> None:
    """S36"""
    state = query_of(acme.start())["state"]
    refused(acme.get(f"/oidc?state={state}{code}"), "code_missing")
    assert token_calls() == 0


@pytest.mark.parametrize("method", ["post", "post_json", "head", "put", "options"])
def test_other_methods_spend_nothing(acme: Any, alice: Any, method: str) -> None:
    """S38, S39"""
    back = acme.agree(acme.start())
    answer = getattr(acme.app, method)(back, expect_errors=True)
    assert answer.status_int == 405
    assert acme.get(back).status_int == 303


@pytest.mark.parametrize("header", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}])
def test_prefetching_spends_nothing(acme: Any, alice: Any, header: dict[str, str]) -> None:
    """S39"""
    back = acme.agree(acme.start())
    assert acme.get(back, headers=header).status_int == 405
    assert acme.get(back).status_int == 303


def test_expired_attempts_are_purged(acme: Any, visitor: Any, rows: Any) -> None:
    """S07: one row per start, and no more than what is alive plus what is still to be purged."""
    for _ in range(3):
        visitor(ACME).start()
    assert len(rows.attempts) == 3
    rows.run("UPDATE cocoom_slack_login_attempt SET expires_at = now() - interval '1 s'")
    acme.start()
    assert len(rows.attempts) == 1


def test_somebody_signed_in_cannot_start(acme: Any, alice: Any, rows: Any) -> None:
    """S09: never linking"""
    acme.sign_in()
    attempts = len(rows.attempts)
    answer = acme.press(token=acme.app.cookies["csrf_token"].strip('"'))
    assert answer.status_int == 403
    assert rows.outcomes == ["ok", "already_signed_in"]
    assert len(rows.attempts) == attempts
    assert acme.get("/slack/sign-in").headers["Location"] == "https://acme.cocoom.test/"


def test_arriving_while_somebody_else_is_signed_in_binds_nothing(
    acme: Any, alice: Any, people: Any, rows: Any, refused: Any
) -> None:
    """S09, S132, CVE-2015-9284"""
    back = acme.agree(acme.start())
    people.add(ACME, "u-victim", "victim@acme.example")
    people.sessions["theirs"] = ("acme", "u-victim")
    acme.app.set_cookie("__Host-session", "theirs")
    refused(acme.get(back), "already_signed_in")
    assert rows.identities == []
    assert acme.session.strip('"') == "theirs"


def test_the_database_fails_at_the_callback(acme: Any, alice: Any, rows: Any, engine: Any) -> None:
    """S153: 503, and a new start works when it is back."""
    back = acme.agree(acme.start())
    rows.run("ALTER TABLE cocoom_slack_login_attempt RENAME TO gone")
    try:
        answer = acme.get(back)
    finally:
        rows.run("ALTER TABLE gone RENAME TO cocoom_slack_login_attempt")
    assert answer.status_int == 503
    assert "cocoom_slack" not in answer.text
    assert rows.outcomes == ["unavailable"]
    assert acme.sign_in().status_int == 303


def test_the_switch_cannot_be_read(acme: Any, rows: Any) -> None:
    """S153"""
    rows.run("ALTER TABLE cocoom_slack_connection RENAME TO gone")
    try:
        answer = acme.get("/oidc?state=x&code=y")
    finally:
        rows.run("ALTER TABLE gone RENAME TO cocoom_slack_connection")
    assert answer.status_int == 503


def test_deactivated_between_recognition_and_log_in(acme: Any, alice: Any, people: Any, refused: Any) -> None:
    """The host has the last word; what was bound a moment before stays bound, to this very account."""
    people.refuse_log_in = True
    refused(acme.sign_in(), "account_disabled", left_bound=1)
    assert alice.status is UserStatus.ACTIVE
