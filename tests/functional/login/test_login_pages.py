"""Pages, headers, cookies, the button, `next`, and where nothing answers at all."""

from __future__ import annotations

from typing import Any

import pytest

from .host import ACME, OFF
from .visitor import query_of

COOKIE = "__Host-cocoom-slack-sign-in"


def test_the_cookie_is_for_this_host_alone(acme: Any) -> None:
    """S142"""
    answer = acme.press()
    (cookie,) = [each for each in answer.headers.getall("Set-Cookie") if each.startswith(COOKIE)]
    attributes = [each.strip() for each in cookie.split(";")[1:]]
    assert {"Path=/", "secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"} <= set(attributes)
    assert not any(each.lower().startswith("domain") for each in attributes)
    value = cookie.split(";")[0].removeprefix(f"{COOKIE}=")
    assert len(value) == 43
    assert value not in query_of(answer.headers["Location"]).values()


def test_the_cookie_goes_when_it_has_served(acme: Any, alice: Any) -> None:
    acme.sign_in()
    assert COOKIE not in acme.app.cookies


def test_only_hashes_are_stored(acme: Any, rows: Any) -> None:
    state = query_of(acme.start())["state"]
    assert state not in str(rows.attempts)
    assert acme.app.cookies[COOKIE].strip('"') not in str(rows.attempts)


def test_answers_are_not_cached_and_tell_no_referer(acme: Any, alice: Any) -> None:
    """S91"""
    back = acme.agree(acme.start())
    for answer in (acme.press(), acme.get(back)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_buttons_page(acme: Any, slack: Any, rows: Any) -> None:
    """S02, S92: nothing is stored by looking at it."""
    answer = acme.get("/slack/sign-in?next=/ok")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' https: {slack.url}" in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'name="next" value="/ok"' in answer.text
    assert "Sign in with Slack</button>" in answer.text
    assert "Acme &lt;Base&gt;" in answer.text
    assert rows.attempts == []


@pytest.mark.parametrize("method", ["head", "options", "put"])
def test_other_methods_start_nothing(acme: Any, rows: Any, method: str) -> None:
    """S12"""
    answer = getattr(acme.app, method)("/slack/sign-in", expect_errors=True)
    assert answer.status_int == (200 if method == "head" else 405)
    assert rows.attempts == []


@pytest.mark.parametrize(
    "given", [{"token": "wrong"}, {"token": ""}, {"headers": {"Origin": "https://evil.example"}}], ids=str
)
def test_a_press_from_elsewhere(acme: Any, rows: Any, given: dict[str, Any]) -> None:
    """S02, S132: not started; the page asks to press the button."""
    acme.get("/slack/sign-in")
    answer = acme.press(**given)
    assert answer.status_int == 400
    assert "did not come from this page" in answer.text
    assert "Sign in with Slack</button>" in answer.text
    assert rows.attempts == []
    assert rows.outcomes == ["csrf"]
    assert rows.audit[0].correlation_id in answer.text
    assert COOKIE not in acme.app.cookies


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "https://acme.cocoom.test@evil.example/",
        "https://globex.cocoom.test/x",
        "ok",
        "LOGIN_ERROR_URL",
        "/a\r\nSet-Cookie: x=1",
        "/\t/evil.example",
        "",
    ],
)
def test_hostile_next(acme: Any, alice: Any, hostile: str) -> None:
    """S80-S84"""
    assert acme.sign_in(hostile).headers["Location"] == "https://acme.cocoom.test/"


def test_next_of_the_callback_is_ignored(acme: Any, alice: Any) -> None:
    """S90"""
    back = acme.agree(acme.start("/wanted"))
    assert acme.get(f"{back}&next=/other").headers["Location"] == "https://acme.cocoom.test/wanted"


def test_next_in_other_letters(acme: Any, alice: Any) -> None:
    location = acme.sign_in("/été?q=é#ü").headers["Location"]
    assert location == "https://acme.cocoom.test/%C3%A9t%C3%A9?q=%C3%A9#%C3%BC"


@pytest.mark.parametrize("path", ["/oidc?code=x&state=y", "/oidc", "/slack/sign-in"])
@pytest.mark.parametrize("tenant", [OFF, None])
def test_off_means_off(visitor: Any, path: str, tenant: Any, rows: Any) -> None:
    """The host keeps these paths; nothing is written."""
    somebody = visitor(tenant or ACME)
    if tenant is None:
        rows.run("UPDATE cocoom_slack_connection SET login_enabled = false")
    answer = somebody.get(path)
    assert (answer.status_int, answer.text) == (404, "the host's own 404")
    assert rows.audit == rows.attempts == []


def test_without_the_operators_switch_the_database_is_not_asked(visitor: Any, rows: Any) -> None:
    rows.run("ALTER TABLE cocoom_slack_connection RENAME TO gone")
    try:
        assert visitor(OFF).get("/oidc").status_int == 404
        assert visitor(OFF).get("/login").json is None
    finally:
        rows.run("ALTER TABLE gone RENAME TO cocoom_slack_connection")


def test_switched_off_during_the_flow(acme: Any, alice: Any, rows: Any, token_calls: Any) -> None:
    """S11"""
    back = acme.agree(acme.start())
    rows.run("UPDATE cocoom_slack_connection SET login_enabled = false WHERE tenant_id = 'acme'")
    assert acme.get(back).text == "the host's own 404"
    assert token_calls() == 0


@pytest.mark.parametrize("host", ["evil.example", "acme.cocoom.test.evil.example"])
def test_a_host_nobody_has(acme: Any, host: str) -> None:
    """S04, S05"""
    answer = acme.get("/slack/sign-in", extra_environ={"HTTP_HOST": host})
    assert answer.text == "the host's own 404"


def test_forwarded_hosts_are_not_believed(acme: Any) -> None:
    """S05"""
    answer = acme.press(headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert query_of(answer.headers["Location"])["redirect_uri"] == "https://acme.cocoom.test/oidc"
    assert "evil" not in answer.headers["Location"]


def test_a_secret_that_cannot_be_read(acme: Any, rows: Any, refused: Any) -> None:
    """S03, B50: another base's sealed secret does not open here, and nobody is sent to Slack."""
    rows.run(
        "UPDATE cocoom_slack_connection SET sealed_client_secret = (SELECT sealed_client_secret FROM "
        "cocoom_slack_connection WHERE tenant_id = 'globex') WHERE tenant_id = 'acme'"
    )
    acme.get("/slack/sign-in")
    refused(acme.press(), "not_configured")


def test_a_refusal_in_french(globex: Any, rows: Any) -> None:
    answer = globex.get("/oidc?code=x")
    assert '<html lang="fr">' in answer.text
    assert "réponse complète de Slack" in answer.text
    assert "Recommencer" in answer.text
    assert "Connexion à Globex" in globex.get("/slack/sign-in").text
    assert rows.audit[0].correlation_id in answer.text


def test_texts_from_outside_are_escaped(acme: Any, alice: Any, slack: Any, rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_connection SET team_name = '<b>{tenant.id}' WHERE tenant_id = 'acme'")
    slack.control.id_token(claims={"https://slack.com/team_id": "T0OTHER"})
    text = acme.sign_in().text
    assert "&lt;b&gt;{tenant.id}" in text
    assert "<b>" not in text
    assert "Acme &lt;Base&gt;" in text


def test_the_option_for_the_hosts_login_page(acme: Any, globex: Any, rows: Any) -> None:
    option = acme.get("/login").json
    assert option["label"] == "Sign in with Slack"
    assert option["action"] == "/slack/sign-in"
    stylesheet = acme.get(option["stylesheet"])
    assert stylesheet.status_int == 200
    assert "max-age=31536000" in stylesheet.headers["Cache-Control"]
    assert ".cocoom-slack-sign-in" in stylesheet.text
    rows.run("DELETE FROM cocoom_slack_connection WHERE tenant_id = 'acme'")
    assert acme.get("/login").json is None


def test_an_audit_that_cannot_be_written_signs_nobody_in(acme: Any, alice: Any, rows: Any) -> None:
    back = acme.agree(acme.start())
    rows.run("ALTER TABLE cocoom_slack_audit RENAME TO gone")
    try:
        answer = acme.get(back)
    finally:
        rows.run("ALTER TABLE gone RENAME TO cocoom_slack_audit")
    assert answer.status_int == 503
    assert acme.session is None


def test_starts_of_two_bases_do_not_mix(acme: Any, globex: Any) -> None:
    """S157, in small: every start carries its own base's app."""
    for _ in range(3):
        assert query_of(acme.start())["client_id"] == "1000000001.2000000001"
        assert query_of(globex.start())["client_id"] == "1000000002.2000000002"
