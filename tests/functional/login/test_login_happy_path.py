"""Signing in, at two bases."""

from __future__ import annotations

from typing import Any

from cocoom_hooks.payloads import UserStatus

from .host import ACME, GLOBEX
from .visitor import query_of


def test_start_sends_to_the_tenants_own_app_with_unguessable_values(
    acme: Any, alice: Any, slack: Any
) -> None:
    """S01"""
    address = acme.start()
    query = query_of(address)
    assert address.startswith(f"{slack.url}/openid/connect/authorize?")
    assert query["client_id"] == "1000000001.2000000001"
    assert query["redirect_uri"] == "https://acme.cocoom.test/oidc"
    assert query["team"] == "T0ACME"
    assert query["response_type"] == "code"
    assert set(query["scope"].split()) == {"openid", "email", "profile"}
    assert len(query["state"]) >= 22
    assert len(query["nonce"]) >= 22
    assert "code_challenge" not in query


def test_an_active_collaborator_signs_in(acme: Any, alice: Any, rows: Any, people: Any) -> None:
    """S60, S140"""
    answer = acme.sign_in("/threads/news?x=1#y")
    assert answer.status_int == 303
    assert answer.headers["Location"] == "https://acme.cocoom.test/threads/news?x=1#y"
    assert people.sessions[acme.session] == ("acme", "u-alice")
    (identity,) = rows.identities
    assert (identity.tenant_id, identity.team_id, identity.slack_user_id, identity.user_id) == (
        "acme",
        "T0ACME",
        "U0ALICE",
        "u-alice",
    )
    (match,) = rows.persons
    assert (match.user_id, match.slack_user_id, match.source) == ("u-alice", "U0ALICE", "login")
    (record,) = rows.audit
    assert record.detail == {"first_time": True}
    assert (record.tenant_id, record.action, record.outcome, record.actor) == (
        "acme",
        "login.sign_in",
        "ok",
        "u-alice",
    )


def test_the_second_time_the_email_is_not_needed(
    acme: Any, visitor: Any, alice: Any, slack: Any, rows: Any
) -> None:
    """S119, S121"""
    acme.sign_in()
    slack.control.id_token(drop=["email", "email_verified"])
    again = visitor(ACME)
    assert again.sign_in().status_int == 303
    slack.control.clear_id_token()
    slack.control.id_token(claims={"email": "somebody@else.example"})
    assert visitor(ACME).sign_in().status_int == 303
    assert len(rows.identities) == 1


def test_an_invited_collaborator_becomes_active_whatever_the_case(acme: Any, people: Any) -> None:
    """S114"""
    people.add(ACME, "u-invited", "Alice@ACME.Example", UserStatus.INVITED)
    assert acme.sign_in().status_int == 303
    assert people.users["acme", "u-invited"].status is UserStatus.ACTIVE


def test_two_bases_two_people(acme: Any, globex: Any, people: Any, alice: Any, rows: Any) -> None:
    people.add(GLOBEX, "u-gina", "gina@globex.example")
    assert acme.sign_in().status_int == 303
    assert globex.sign_in().status_int == 303
    assert people.sessions[acme.session] == ("acme", "u-alice")
    assert people.sessions[globex.session] == ("globex", "u-gina")
    assert sorted(rows.outcomes) == ["ok", "ok"]


def test_the_same_workspace_and_person_on_two_bases_are_two_identities(
    acme: Any, globex: Any, people: Any, alice: Any, rows: Any, slack: Any
) -> None:
    """S104"""
    people.add(GLOBEX, "u-other-alice", "alice@acme.example")
    rows.run("UPDATE cocoom_slack_connection SET team_id = 'T0ACME' WHERE tenant_id = 'globex'")
    slack.control.change_app("A0GLOBEX", distributed=True)
    slack.control.approve_as("U0ALICE", team="T0ACME", app="A0GLOBEX")
    assert acme.sign_in().status_int == 303
    assert globex.sign_in().status_int == 303
    assert people.sessions[globex.session] == ("globex", "u-other-alice")
    found = {(row.tenant_id, row.user_id, row.slack_user_id) for row in rows.identities}
    assert found == {("acme", "u-alice", "U0ALICE"), ("globex", "u-other-alice", "U0ALICE")}
    rows.run("UPDATE cocoom_slack_connection SET login_enabled = false WHERE tenant_id = 'acme'")
    globex.app.reset()
    assert globex.sign_in().status_int == 303


def test_the_same_user_id_in_two_workspaces_is_two_people(
    acme: Any, globex: Any, people: Any, alice: Any, slack: Any, rows: Any
) -> None:
    """S105"""
    people.add(GLOBEX, "u-gina", "gina@globex.example")
    slack.control.id_token(app="A0GLOBEX", claims={"sub": "U0ALICE", "https://slack.com/user_id": "U0ALICE"})
    acme.sign_in()
    globex.sign_in()
    assert people.sessions[globex.session] == ("globex", "u-gina")
    assert len(rows.identities) == 2


def test_two_tabs_finish_in_the_other_order(acme: Any, alice: Any, rows: Any, people: Any) -> None:
    """S08"""
    first = acme.agree(acme.start("/first"))
    second = acme.agree(acme.start("/second"))
    assert acme.get(second).headers["Location"].endswith("/second")
    session = acme.session
    assert acme.get(first).headers["Location"].endswith("/first")
    assert people.sessions[acme.session] == people.sessions[session]
    assert len(rows.identities) == 1


def test_nothing_of_a_token_is_stored(acme: Any, alice: Any, rows: Any) -> None:
    acme.sign_in()
    (attempt,) = rows.attempts
    assert attempt.nonce is None
    assert attempt.consumed_at is not None
    assert "xox" not in str(rows.audit) + str(rows.identities) + str(rows.attempts)
