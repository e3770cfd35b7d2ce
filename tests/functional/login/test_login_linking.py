"""Linking a Slack account while signed in: asked for, confirmed, once, by the same person (security.md R5)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from cocoom_hooks.payloads import Tenant

from .host import ACME, GLOBEX, SESSION
from .visitor import TOKEN, Visitor, query_of

ATTEMPT = re.compile(r'name="attempt" value="(\d+)"')


def signed_in(
    visitor: Callable[[Tenant], Visitor], people: Any, user_id: str, tenant: Tenant = ACME
) -> Visitor:
    """A browser of this user, signed in by other means."""
    somebody = visitor(tenant)
    be(somebody, people, user_id)
    return somebody


def be(somebody: Visitor, people: Any, user_id: str) -> None:
    session = f"session-of-{user_id}-at-{somebody.tenant.id}"
    people.sessions[session] = (somebody.tenant.id, user_id)
    somebody.app.set_cookie(SESSION, session)


def post(somebody: Visitor, path: str, token: str | None = None, **fields: str) -> Any:
    """A form of ours, sent from our own page."""
    if token is None:
        found = TOKEN.search(somebody.get("/slack/account").text)
        assert found
        token = found[1]
    headers = {"Origin": somebody.tenant.url}
    return somebody.app.post(path, {"csrf_token": token, **fields}, headers=headers, expect_errors=True)


def start(somebody: Visitor) -> str:
    answer = post(somebody, "/slack/account/link")
    assert answer.status_int == 303, answer.text
    return str(answer.headers["Location"])


def ask(somebody: Visitor) -> Any:
    """As far as the page that asks."""
    answer = somebody.get(somebody.agree(start(somebody)))
    assert answer.status_int == 303, answer.text
    assert answer.headers["Location"] == f"{somebody.tenant.url}/slack/account/confirm"
    return somebody.get("/slack/account/confirm")


def confirm(somebody: Visitor, page: Any) -> Any:
    found, token = ATTEMPT.search(page.text), TOKEN.search(page.text)
    assert found
    assert token
    return post(somebody, "/slack/account/confirm", token[1], attempt=found[1])


@pytest.fixture
def bea(people: Any, visitor: Any) -> Visitor:
    """Signed in; her address is not the one that Slack tells."""
    people.add(ACME, "u-bea", "bea@elsewhere.example")
    return signed_in(visitor, people, "u-bea")


@pytest.fixture
def not_linked(rows: Any) -> Callable[..., None]:
    """Assert that an answer refuses with this code, with one record, and that nothing was bound."""

    def check(answer: Any, code: str, actor: str | None = "u-bea", action: str = "login.link") -> None:
        assert answer.status_int in (400, 403, 503), answer.status
        record = rows.audit[-1]
        assert (record.outcome, record.action, record.actor) == (code, action, actor)
        assert record.correlation_id in answer.text
        assert rows.outcomes.count(code) == 1
        assert rows.identities == rows.persons == []
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        for canary in ("U0ALICE", "Alice Martin", "alice@acme.example", "xoxp-", "Traceback"):
            assert canary not in answer.text
            assert canary not in str(rows.audit)

    return check


# --- the way ---


def test_the_way(bea: Visitor, rows: Any, people: Any) -> None:
    assert "is not linked with Slack" in bea.get("/slack/account").text
    session = bea.session
    page = ask(bea)
    assert (
        "Link the Slack account Alice Martin of Acme with your account u-bea at Acme &lt;Base&gt;?"
        in page.text
    )
    assert "alice@acme.example" not in page.text + str(rows.attempts)
    assert rows.identities == rows.persons == []
    answer = confirm(bea, page)
    assert answer.headers["Location"] == "https://acme.cocoom.test/slack/account?done=linked"
    (identity,) = rows.identities
    assert (identity.user_id, identity.team_id, identity.slack_user_id) == ("u-bea", "T0ACME", "U0ALICE")
    (match,) = rows.persons
    assert (match.user_id, match.source) == ("u-bea", "login")
    (record,) = rows.audit
    assert (record.action, record.outcome, record.actor, record.detail) == ("login.link", "ok", "u-bea", {})
    shown = bea.get("/slack/account?done=linked").text
    assert "Your Slack account is linked now." in shown
    assert "Linked by sign-in" in shown
    assert rows.attempts == []
    assert bea.session == session
    assert people.begun == []


def test_who_is_linked_can_sign_in(bea: Visitor, visitor: Any, people: Any) -> None:
    confirm(bea, ask(bea))
    somebody = visitor(ACME)
    assert somebody.sign_in().status_int == 303
    assert people.sessions[somebody.session] == ("acme", "u-bea")


def test_no_email_and_no_policy_is_needed(bea: Visitor, slack: Any, rows: Any) -> None:
    slack.control.id_token(drop=["email", "email_verified", "name", "https://slack.com/team_name"])
    page = ask(bea)
    assert "Link the Slack account U0ALICE of Acme Workspace" in page.text
    confirm(bea, page)
    assert len(rows.identities) == 1


@pytest.mark.parametrize(("source", "words"), [("email", "Linked by e-mail"), ("hand", "Linked by hand")])
def test_other_sources_are_named_and_can_be_made_sure(
    bea: Visitor, rows: Any, source: str, words: str
) -> None:
    rows.run(
        "INSERT INTO cocoom_slack_person (tenant_id, user_id, team_id, slack_user_id, source) "
        f"VALUES ('acme', 'u-bea', 'T0ACME', 'U0ALICE', '{source}')"
    )
    assert words in bea.get("/slack/account").text
    confirm(bea, ask(bea))
    assert [match.source for match in rows.persons] == ["login"]


def test_the_pages(bea: Visitor, slack: Any) -> None:
    for page in (bea.get("/slack/account"), ask(bea)):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert "<h1>" in page.text


def test_in_french(visitor: Any, people: Any) -> None:
    people.add(GLOBEX, "u-bea", "bea@elsewhere.example")
    somebody = signed_in(visitor, people, "u-bea", GLOBEX)
    assert "Votre compte à Globex n’est pas lié à Slack." in somebody.get("/slack/account").text
    assert "Lier le compte Slack Gina Roux de Globex à votre compte u-bea" in ask(somebody).text


# --- attacks on the start ---


def test_nobody_is_signed_in(acme: Any, rows: Any, not_linked: Any) -> None:
    assert acme.get("/slack/account").headers["Location"].endswith("/slack/sign-in?next=/slack/account")
    token = TOKEN.search(acme.get("/slack/sign-in").text)
    assert token
    not_linked(post(acme, "/slack/account/link", token[1]), "signed_out", None)
    assert rows.attempts == []


@pytest.mark.parametrize("path", ["link", "unlink"])
@pytest.mark.parametrize("method", ["get", "head", "put", "options"])
def test_only_a_post_does_anything(bea: Visitor, rows: Any, path: str, method: str) -> None:
    answer = getattr(bea.app, method)(f"/slack/account/{path}", expect_errors=True)
    assert answer.status_int == 405
    assert rows.attempts == rows.audit == []


@pytest.mark.parametrize("path", ["link", "confirm", "unlink"])
@pytest.mark.parametrize(
    "given", [{"token": "wrong"}, {"token": ""}, {"origin": "https://evil.example"}], ids=str
)
def test_a_form_from_elsewhere(
    bea: Visitor, rows: Any, not_linked: Any, path: str, given: dict[str, str]
) -> None:
    token = TOKEN.search(bea.get("/slack/account").text)
    assert token
    answer = bea.app.post(
        f"/slack/account/{path}",
        {"csrf_token": given.get("token", token[1]), "attempt": "1"},
        headers={"Origin": given.get("origin", ACME.url)},
        expect_errors=True,
    )
    not_linked(answer, "csrf", action="login.unlink" if path == "unlink" else "login.link")
    assert rows.attempts == []
    assert "Nothing was done" in answer.text


# --- attacks on the callback ---


def test_another_browser_brings_the_answer(bea: Visitor, visitor: Any, people: Any, rows: Any) -> None:
    """The attacker's Slack answer, opened by a victim who is signed in, even as the same user."""
    back = bea.agree(start(bea))
    other = signed_in(visitor, people, "u-bea")
    start(other)
    answer = other.get(back)
    assert answer.status_int == 400
    assert rows.outcomes == ["session_lost"]
    assert rows.identities == []


@pytest.mark.parametrize("who", ["u-eve", None])
def test_another_user_brings_the_answer(
    bea: Visitor, people: Any, not_linked: Any, token_calls: Any, who: str | None
) -> None:
    """R5, S133: in the same browser; and nobody at all. Nothing is spent, the right person may still finish."""
    people.add(ACME, "u-eve", "eve@acme.example")
    back = bea.agree(start(bea))
    if who:
        be(bea, people, who)
    else:
        bea.app.set_cookie(SESSION, "gone")
    not_linked(bea.get(back), "other_user", who)
    assert token_calls() == 0
    be(bea, people, "u-bea")
    assert bea.get(back).status_int == 303


def test_the_answer_of_one_base_at_another(
    bea: Visitor, visitor: Any, people: Any, rows: Any, token_calls: Any
) -> None:
    """S29"""
    people.add(GLOBEX, "u-bea", "bea@elsewhere.example")
    elsewhere = signed_in(visitor, people, "u-bea", GLOBEX)
    back = bea.agree(start(bea))
    elsewhere.app.set_cookie(*cookie(bea))
    assert elsewhere.get(back).status_int == 400
    assert rows.outcomes == ["session_lost"]
    assert token_calls() == 0


def cookie(somebody: Visitor) -> tuple[str, str]:
    name = "__Host-cocoom-slack-sign-in"
    return name, somebody.app.cookies[name].strip('"')


@pytest.mark.parametrize("purpose", ["sign_in", "test", "install"])
def test_an_attempt_for_something_else_links_nothing(
    bea: Visitor, people: Any, rows: Any, purpose: str
) -> None:
    """S30: a link's callback after its purpose was changed, and the reverse below."""
    back = bea.agree(start(bea))
    rows.run(f"UPDATE cocoom_slack_login_attempt SET purpose = '{purpose}'")
    assert bea.get(back).status_int == (403 if purpose == "test" else 400)
    assert rows.identities == rows.persons == []
    assert bea.get("/slack/account/confirm").status_int == 400
    assert people.begun == []


def test_a_sign_in_is_no_link(bea: Visitor, visitor: Any, people: Any, rows: Any, alice: Any) -> None:
    """The attacker's own sign-in, started signed out, finished in the browser of somebody who is signed in."""
    stranger = visitor(ACME)
    back = stranger.agree(stranger.start())
    be(stranger, people, "u-bea")
    assert stranger.get(back).status_int == 403
    assert rows.outcomes == ["already_signed_in"]
    assert rows.identities == []
    assert stranger.get("/slack/account/confirm").status_int == 400


def test_a_link_signs_nobody_in(bea: Visitor, people: Any, alice: Any, rows: Any) -> None:
    """Signed out in between, the answer of a link is worth nothing, although a sign-in would succeed."""
    back = bea.agree(start(bea))
    bea.app.set_cookie(SESSION, "gone")
    assert bea.get(back).status_int == 403
    assert people.begun == []


SPOILT: list[tuple[dict[str, Any], str]] = [
    ({"claims": {"https://slack.com/team_id": "T0GLOBEX"}}, "wrong_workspace"),
    ({"claims": {"nonce": "another"}}, "nonce_mismatch"),
    ({"claims": {"aud": "1000000002.2000000002"}}, "token_invalid"),
    ({"lifetime": -120}, "token_invalid"),
    ({"signing": "RS256 by a foreign key under our kid"}, "token_invalid"),
]


@pytest.mark.parametrize(("knob", "code"), SPOILT, ids=str)
def test_everything_is_verified_as_at_a_sign_in(
    bea: Visitor, slack: Any, not_linked: Any, knob: dict[str, Any], code: str
) -> None:
    slack.control.id_token(**knob)
    not_linked(bea.get(bea.agree(start(bea))), code)


def test_cancelled(bea: Visitor, slack: Any, not_linked: Any) -> None:
    slack.control.cancel_sign_in(app="A0ACME")
    answer = bea.get(bea.agree(start(bea)))
    not_linked(answer, "cancelled")
    assert "This was cancelled at Slack." in answer.text
    assert 'href="/slack/account"' in answer.text


def test_the_answer_twice(bea: Visitor, rows: Any) -> None:
    back = bea.agree(start(bea))
    bea.get(back)
    assert bea.get(back).status_int == 400
    assert rows.outcomes == ["expired"]


def test_the_state_is_not_the_handle(bea: Visitor) -> None:
    address = start(bea)
    page = bea.get(bea.agree(address))
    assert query_of(address)["state"] not in page.text + bea.get("/slack/account/confirm").text


# --- attacks on the confirmation ---


def test_confirmed_twice(bea: Visitor, rows: Any) -> None:
    page = ask(bea)
    confirm(bea, page)
    post(bea, "/slack/account/unlink")
    answer = confirm(bea, page)
    assert answer.status_int == 400
    assert rows.outcomes == ["ok", "ok", "expired"]
    assert rows.identities == []


def test_confirmed_eight_times_at_once(bea: Visitor, application: Any, people: Any, rows: Any) -> None:
    page = ask(bea)
    browsers = []
    for _ in range(8):
        twin = Visitor(application, ACME)
        for name, value in bea.app.cookies.items():
            twin.app.set_cookie(name, value.strip('"'))
        browsers.append(twin)
    threads = [threading.Thread(target=confirm, args=(twin, page)) for twin in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rows.outcomes) == ["expired"] * 7 + ["ok"]


def test_confirmed_by_another_browser(bea: Visitor, visitor: Any, people: Any, not_linked: Any) -> None:
    page = ask(bea)
    other = signed_in(visitor, people, "u-bea")
    start(other)
    attempt = ATTEMPT.search(page.text)
    assert attempt
    not_linked(post(other, "/slack/account/confirm", attempt=attempt[1]), "expired")
    assert confirm(bea, page).status_int == 303


def test_confirmed_by_a_browser_without_our_cookie(
    bea: Visitor, visitor: Any, people: Any, not_linked: Any
) -> None:
    page = ask(bea)
    other = signed_in(visitor, people, "u-bea")
    attempt = ATTEMPT.search(page.text)
    assert attempt
    not_linked(post(other, "/slack/account/confirm", attempt=attempt[1]), "session_lost")


def test_confirmed_by_another_user_of_the_browser(bea: Visitor, people: Any, not_linked: Any) -> None:
    people.add(ACME, "u-eve", "eve@acme.example")
    page = ask(bea)
    be(bea, people, "u-eve")
    not_linked(confirm(bea, page), "expired", "u-eve")
    be(bea, people, "u-bea")
    assert confirm(bea, page).status_int == 303


def test_confirmed_at_another_base(bea: Visitor, visitor: Any, people: Any, rows: Any) -> None:
    page = ask(bea)
    people.add(GLOBEX, "u-bea", "bea@elsewhere.example")
    elsewhere = signed_in(visitor, people, "u-bea", GLOBEX)
    elsewhere.app.set_cookie(*cookie(bea))
    attempt = ATTEMPT.search(page.text)
    assert attempt
    assert post(elsewhere, "/slack/account/confirm", attempt=attempt[1]).status_int == 400
    assert [(row.tenant_id, row.outcome) for row in rows.audit] == [("globex", "expired")]
    assert rows.identities == []


def test_confirmed_too_late(bea: Visitor, rows: Any, not_linked: Any) -> None:
    page = ask(bea)
    rows.run("UPDATE cocoom_slack_login_attempt SET expires_at = now() - interval '1 second'")
    not_linked(confirm(bea, page), "expired")


def test_confirmed_after_the_base_moved_to_another_workspace(
    bea: Visitor, rows: Any, not_linked: Any
) -> None:
    page = ask(bea)
    rows.run("UPDATE cocoom_slack_connection SET team_id = 'T0NEW' WHERE tenant_id = 'acme'")
    not_linked(confirm(bea, page), "expired")


@pytest.mark.parametrize("attempt", ["", "x", "-1", "1 OR 1=1", "9" * 30, "٣"])
def test_a_handle_that_is_none(bea: Visitor, not_linked: Any, attempt: str) -> None:
    ask(bea)
    not_linked(post(bea, "/slack/account/confirm", attempt=attempt), "malformed")


def test_an_attempt_that_did_not_come_back_cannot_be_confirmed(
    bea: Visitor, rows: Any, not_linked: Any
) -> None:
    start(bea)
    (attempt,) = rows.attempts
    not_linked(post(bea, "/slack/account/confirm", attempt=str(attempt.id)), "expired")


# --- conflicts ---


def test_the_slack_account_is_somebody_elses(bea: Visitor, visitor: Any, alice: Any, rows: Any) -> None:
    visitor(ACME).sign_in()
    answer = bea.get(bea.agree(start(bea)))
    assert answer.status_int == 403
    assert rows.outcomes == ["ok", "identity_conflict"]
    assert "u-alice" not in answer.text
    assert [row.user_id for row in rows.identities] == ["u-alice"]


def test_the_user_has_another_slack_account(bea: Visitor, slack: Any, rows: Any) -> None:
    confirm(bea, ask(bea))
    slack.control.approve_as("U0BOB", team="T0ACME", app="A0ACME")
    assert bea.get(bea.agree(start_anew(bea))).status_int == 403
    assert rows.outcomes == ["ok", "identity_conflict"]
    assert [row.slack_user_id for row in rows.identities] == ["U0ALICE"]


def start_anew(somebody: Visitor) -> str:
    """The page shows no button to somebody who is linked; the form can still be sent."""
    return str(post(somebody, "/slack/account/link").headers["Location"])


def test_bound_to_somebody_else_between_question_and_answer(
    bea: Visitor, visitor: Any, alice: Any, rows: Any
) -> None:
    page = ask(bea)
    visitor(ACME).sign_in()
    assert confirm(bea, page).status_int == 403
    assert rows.outcomes == ["ok", "identity_conflict"]
    assert [row.user_id for row in rows.identities] == ["u-alice"]
    assert [row.user_id for row in rows.persons] == ["u-alice"]


# --- unlinking ---


def test_unlink(bea: Visitor, rows: Any) -> None:
    confirm(bea, ask(bea))
    start_anew(bea)
    answer = post(bea, "/slack/account/unlink")
    assert answer.headers["Location"].endswith("/slack/account?done=unlinked")
    assert rows.identities == rows.persons == rows.attempts == []
    assert [row.action for row in rows.audit] == ["login.link", "login.unlink"]


def test_unlinking_touches_nobody_else(
    bea: Visitor, visitor: Any, people: Any, rows: Any, alice: Any
) -> None:
    visitor(ACME).sign_in()
    post(bea, "/slack/account/unlink")
    assert [row.user_id for row in rows.identities] == ["u-alice"]


def test_the_only_way_in_stays(bea: Visitor, rows: Any) -> None:
    """S125"""
    confirm(bea, ask(bea))
    token = TOKEN.search(bea.get("/slack/account").text)
    rows.run("UPDATE cocoom_slack_connection SET login_tested_at = now(), login_only = true")
    page = bea.get("/slack/account").text
    assert "cannot be unlinked" in page
    assert "/slack/account/unlink" not in page
    assert token
    answer = post(bea, "/slack/account/unlink", token[1])
    assert answer.status_int == 403
    assert rows.audit[-1].outcome == "only_way_in"
    assert len(rows.identities) == len(rows.persons) == 1


def test_off_means_off(bea: Visitor, rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_connection SET login_enabled = false")
    for path in ("", "/link", "/confirm", "/unlink"):
        assert bea.get(f"/slack/account{path}").text == "the host's own 404"


def test_a_person_matched_by_email_gives_way(bea: Visitor, rows: Any) -> None:
    """Slack's own word is surer than an equal address."""
    rows.run(
        "INSERT INTO cocoom_slack_person (tenant_id, user_id, team_id, slack_user_id, source) "
        "VALUES ('acme', 'u-other', 'T0ACME', 'U0ALICE', 'email')"
    )
    confirm(bea, ask(bea))
    assert [row.user_id for row in rows.persons] == ["u-bea"]


def test_slack_is_really_asked(bea: Visitor) -> None:
    assert requests.get(start(bea), allow_redirects=False, timeout=10).status_code == 302
