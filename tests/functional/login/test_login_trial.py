"""The test sign-in: the whole way, every step said, nothing kept; and what may follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from cocoom_hooks.payloads import Role, Tenant, UserStatus
from cocoom_slack_plugin.login import trial

from .host import ACME, GLOBEX, SESSION
from .visitor import TOKEN, Visitor

ENTERPRISE = "https://slack.com/enterprise_id"


def administrator(
    visitor: Callable[[Tenant], Visitor], people: Any, id: str, email: str, tenant: Tenant = ACME
) -> Visitor:
    people.users[tenant.id, id] = replace(people.add(tenant, id, email), role=Role.ADMINISTRATOR)
    somebody = visitor(tenant)
    be(somebody, people, id)
    return somebody


def be(somebody: Visitor, people: Any, user_id: str) -> None:
    people.sessions[f"session-of-{user_id}"] = (somebody.tenant.id, user_id)
    somebody.app.set_cookie(SESSION, f"session-of-{user_id}")


def token_of(somebody: Visitor, page: str = "/slack/login") -> str:
    found = TOKEN.search(somebody.get(page).text)
    assert found
    return found[1]


def press(somebody: Visitor, path: str = "/slack/login/test", token: str | None = None, **fields: str) -> Any:
    given = {"csrf_token": token, **fields}
    if "csrf_token" not in fields and token is None:
        given["csrf_token"] = token_of(somebody)
    return somebody.app.post(path, given, headers={"Origin": somebody.tenant.url}, expect_errors=True)


def start(somebody: Visitor) -> str:
    answer = press(somebody)
    assert answer.status_int == 303, answer.text
    return str(answer.headers["Location"])


def run(somebody: Visitor) -> Any:
    return somebody.get(somebody.agree(start(somebody)))


@pytest.fixture
def ada(people: Any, visitor: Any) -> Visitor:
    """The administrator whom Slack names: U0ALICE."""
    return administrator(visitor, people, "u-ada", "alice@acme.example")


@pytest.fixture
def connection(rows: Any) -> Callable[[str], Any]:
    def read(column: str) -> Any:
        with rows.engine.connect() as open_:
            return open_.scalar(
                text(f"SELECT {column} FROM cocoom_slack_connection WHERE tenant_id = 'acme'")
            )

    return read


@pytest.fixture(autouse=True)
def nothing_stays(rows: Any, people: Any) -> Any:
    """Whatever a test sign-in says: nobody is signed in, bound, matched, made or activated by it."""
    yield
    assert rows.identities == rows.persons == []
    assert people.begun == []
    assert people.max_ages == []


# --- the way ---


def test_the_way(ada: Visitor, rows: Any, connection: Any) -> None:
    page = run(ada)
    assert page.status_int == 200
    for said in (
        "Slack’s answer",
        "It is genuine",
        "Acme",
        "a***@acme.example, which Slack has verified",
        "Not known",
        "None: this is not Enterprise Grid",
        "You would be signed in as yourself, u-ada.",
    ):
        assert said in page.text
    assert "alice@acme.example" not in page.text
    (record,) = rows.audit
    assert (record.action, record.outcome, record.actor) == ("login.test", "ok", "u-ada")
    assert record.detail == {"itself": True, "account_made": False}
    assert record.correlation_id in page.text
    assert connection("login_tested_at") is not None
    assert str(ada.session).strip('"') == "session-of-u-ada"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]


def test_in_french(visitor: Any, people: Any) -> None:
    somebody = administrator(visitor, people, "u-ada", "gina@globex.example", GLOBEX)
    assert "Vous seriez connecté vous-même, u-ada." in run(somebody).text


def test_somebody_else_than_the_tester(visitor: Any, people: Any, rows: Any, connection: Any) -> None:
    other = administrator(visitor, people, "u-other", "other@acme.example")
    people.add(ACME, "u-alice", "alice@acme.example", UserStatus.INVITED)
    page = run(other)
    assert "Somebody else than you would be signed in: u-alice." in page.text
    assert people.users["acme", "u-alice"].status is UserStatus.INVITED
    assert connection("login_tested_at") is None
    assert rows.audit[0].detail["itself"] is False


def test_an_account_would_be_made(visitor: Any, people: Any, rows: Any, connection: Any) -> None:
    other = administrator(visitor, people, "u-other", "other@acme.example")
    rows.run(
        "UPDATE cocoom_slack_connection SET login_policy = 'domains', login_domains = '{acme.example}', "
        "login_guests = true"
    )
    page = run(other)
    assert "A new account would be made for Alice Martin, as reader, and signed in." in page.text
    assert list(people.users) == [("acme", "u-other")]
    assert connection("login_tested_at") is None


def refusals(ada: Visitor, slack: Any, rows: Any, people: Any) -> dict[str, Callable[[], Any]]:
    knob = slack.control.id_token
    return {
        "wrong_workspace": lambda: knob(claims={"https://slack.com/team_id": "T0GLOBEX"}),
        "email_missing": lambda: knob(drop=["email"]),
        "email_unverified": lambda: knob(claims={"email_verified": False}),
        "not_invited": lambda: knob(claims={"email": "nobody@acme.example"}),
        "ambiguous": lambda: people.add(ACME, "u-2", "ALICE@acme.example"),
        "token_invalid": lambda: knob(claims={"aud": "other"}),
        "nonce_mismatch": lambda: knob(claims={"nonce": "other"}),
        "configuration": lambda: slack.control.fault(
            "error", "openid.connect.token", code="bad_client_secret"
        ),
        "slack_unavailable": lambda: slack.control.fault("server_error", "openid.connect.token"),
        "cancelled": lambda: slack.control.cancel_sign_in(app="A0ACME"),
        "guest_unknown": lambda: rows.run("UPDATE cocoom_slack_connection SET login_policy = 'workspace'"),
    }


@pytest.mark.parametrize(
    "code",
    [
        "wrong_workspace",
        "email_missing",
        "email_unverified",
        "not_invited",
        "ambiguous",
        "token_invalid",
        "nonce_mismatch",
        "configuration",
        "slack_unavailable",
        "cancelled",
        "guest_unknown",
    ],
)
def test_a_refusal_is_explained(
    ada: Visitor, slack: Any, rows: Any, people: Any, connection: Any, code: str
) -> None:
    address = start(ada) if code != "cancelled" else None
    refusals(ada, slack, rows, people)[code]()
    page = ada.get(ada.agree(address or start(ada)))
    assert page.status_int == 200
    assert "Failed" in page.text
    (record,) = rows.audit
    assert (record.action, record.outcome, record.actor) == ("login.test", code, "u-ada")
    assert record.correlation_id in page.text
    assert connection("login_tested_at") is None
    for canary in ("alice@acme.example", "U0ALICE", "T0GLOBEX", "xoxp-", "Traceback"):
        assert canary not in page.text


def test_the_organisation(ada: Visitor, slack: Any, rows: Any) -> None:
    slack.control.id_token(claims={ENTERPRISE: "E0ACME"})
    assert "E0ACME; only the workspace counts here." in run(ada).text
    rows.run("UPDATE cocoom_slack_connection SET enterprise_id = 'E0ACME', login_pin = 'enterprise'")
    assert "E0ACME, the one to which Acme &lt;Base&gt; belongs." in run(ada).text


def test_settings_changed_meanwhile(ada: Visitor, rows: Any, connection: Any, monkeypatch: Any) -> None:
    real = trial.rehearse

    def slowly(*given: Any) -> Any:
        rows.run("UPDATE cocoom_slack_connection SET version = version + 1")
        return real(*given)

    monkeypatch.setattr(trial, "rehearse", slowly)
    assert "it does not count" in run(ada).text
    assert rows.outcomes == ["changed_meanwhile"]
    assert connection("login_tested_at") is None


# --- attacks ---


@pytest.mark.parametrize("who", ["reader", "foreign administrator", "nobody"])
def test_who_may_not(visitor: Any, people: Any, rows: Any, ada: Visitor, who: str) -> None:
    token = token_of(ada)
    somebody = visitor(ACME)
    somebody.app.set_cookie("csrf_token", token)
    if who == "reader":
        people.add(ACME, "u-reader", "reader@acme.example")
        be(somebody, people, "u-reader")
    if who == "foreign administrator":
        foreign = administrator(visitor, people, "u-foreign", "x@globex.example", GLOBEX)
        somebody.app.set_cookie(SESSION, str(foreign.session).strip('"'))
    answer = press(somebody, token=token)
    assert answer.status_int == 403
    (record,) = rows.audit
    assert record.action == "login.test"
    assert record.outcome == ("not_administrator" if who == "reader" else "signed_out")
    assert rows.attempts == []


@pytest.mark.parametrize("method", ["get", "head", "put"])
def test_only_a_post_starts(ada: Visitor, rows: Any, method: str) -> None:
    assert getattr(ada.app, method)("/slack/login/test", expect_errors=True).status_int == 405
    assert rows.attempts == []


def test_from_elsewhere(ada: Visitor, rows: Any) -> None:
    assert press(ada, token="wrong").status_int == 400
    assert [(row.action, row.outcome) for row in rows.audit] == [("login.test", "csrf")]
    assert rows.attempts == []


def test_finished_by_another_administrator(
    ada: Visitor, visitor: Any, people: Any, rows: Any, token_calls: Any, connection: Any
) -> None:
    back = ada.agree(start(ada))
    administrator(visitor, people, "u-eve", "eve@acme.example")
    be(ada, people, "u-eve")
    assert ada.get(back).status_int == 403
    assert [(row.outcome, row.actor) for row in rows.audit] == [("other_user", "u-eve")]
    assert token_calls() == 0
    assert connection("login_tested_at") is None


def test_finished_when_no_longer_an_administrator(
    ada: Visitor, people: Any, rows: Any, token_calls: Any
) -> None:
    back = ada.agree(start(ada))
    people.users["acme", "u-ada"] = replace(people.users["acme", "u-ada"], role=Role.READER)
    assert ada.get(back).status_int == 403
    assert rows.outcomes == ["not_administrator"]
    assert token_calls() == 0


@pytest.mark.parametrize("purpose", ["sign_in", "link"])
def test_a_test_is_nothing_else(ada: Visitor, rows: Any, purpose: str, connection: Any) -> None:
    back = ada.agree(start(ada))
    rows.run(f"UPDATE cocoom_slack_login_attempt SET purpose = '{purpose}'")
    assert ada.get(back).status_int in (303, 400, 403)
    assert connection("login_tested_at") is None
    assert "ok" not in rows.outcomes


def test_a_test_cannot_be_confirmed_as_a_link(ada: Visitor, rows: Any) -> None:
    run(ada)
    (attempt,) = rows.attempts
    assert attempt.found is None
    answer = press(ada, "/slack/account/confirm", attempt=str(attempt.id))
    assert answer.status_int == 400


def test_twice(ada: Visitor, rows: Any) -> None:
    back = ada.agree(start(ada))
    ada.get(back)
    assert "There is no answer that could be used." in ada.get(back).text
    assert rows.outcomes == ["ok", "expired"]


def test_at_another_base(ada: Visitor, visitor: Any, people: Any, rows: Any, token_calls: Any) -> None:
    back = ada.agree(start(ada))
    elsewhere = administrator(visitor, people, "u-ada", "alice@acme.example", GLOBEX)
    name = "__Host-cocoom-slack-sign-in"
    elsewhere.app.set_cookie(name, ada.app.cookies[name].strip('"'))
    assert elsewhere.get(back).status_int == 400
    assert [(row.tenant_id, row.outcome) for row in rows.audit] == [("globex", "session_lost")]
    assert token_calls() == 0


# --- Slack only ---


def version(connection: Any) -> str:
    return str(connection("version"))


def switch(somebody: Visitor, connection: Any, on: bool, **given: str) -> Any:
    fields = {"only": "on" if on else "off", "version": version(connection), **given}
    return press(somebody, "/slack/login/only", **fields)


def test_only_after_a_test(ada: Visitor, connection: Any, rows: Any) -> None:
    """DESIGN.md section 6.7"""
    page = ada.get("/slack/login")
    assert "First make a test sign-in" in page.text
    assert "/slack/login/only" not in page.text
    answer = switch(ada, connection, True)
    assert answer.status_int == 400
    assert "First make a test sign-in" in answer.text
    assert connection("login_only") is False
    run(ada)
    assert switch(ada, connection, True).headers["Location"].endswith("?done=only")
    assert connection("login_only") is True
    assert ada.get("/login").json["exclusive"] is True
    assert "Slack is the only way" in ada.get("/slack/login").text
    assert switch(ada, connection, False).headers["Location"].endswith("?done=open")
    assert ada.get("/login").json["exclusive"] is False
    changes = [(row.actor, row.detail["changes"]) for row in rows.audit if row.action == "login.only"]
    closed, opened = {"before": False, "after": True}, {"before": True, "after": False}
    assert changes == [("u-ada", {"login_only": closed}), ("u-ada", {"login_only": opened})]


def test_off_does_not_ask_for_anything(ada: Visitor, connection: Any) -> None:
    run(ada)
    switch(ada, connection, True)
    assert switch(ada, connection, False, version="1").status_int == 303
    assert connection("login_only") is False


def test_on_by_somebody_who_saw_something_else(ada: Visitor, connection: Any) -> None:
    run(ada)
    assert switch(ada, connection, True, version="1").status_int == 409
    assert connection("login_only") is False


def test_another_pin_takes_it_back(ada: Visitor, connection: Any, rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_connection SET enterprise_id = 'E0ACME' WHERE tenant_id = 'acme'")
    run(ada)
    switch(ada, connection, True)
    form = {
        "policy": "invited",
        "domains": "",
        "role": "reader",
        "pin": "enterprise",
        "version": version(connection),
    }
    assert press(ada, "/slack/login", **form).status_int == 303
    assert (connection("login_only"), connection("login_tested_at")) == (False, None)


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
@pytest.mark.parametrize("on", [True, False])
def test_only_by_administrators(
    ada: Visitor, people: Any, connection: Any, rows: Any, role: Role, on: bool
) -> None:
    run(ada)
    token = token_of(ada)
    people.users["acme", "u-ada"] = replace(people.users["acme", "u-ada"], role=role)
    assert switch(ada, connection, on, csrf_token=token).status_int == 403
    assert rows.audit[-1].outcome == "not_administrator"
    assert connection("login_only") is False


def test_it_ends_with_the_function(ada: Visitor, connection: Any, rows: Any) -> None:
    run(ada)
    switch(ada, connection, True)
    rows.run("UPDATE cocoom_slack_connection SET login_enabled = false")
    assert ada.get("/login").json is None
