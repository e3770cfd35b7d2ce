"""The start of the flow: credentials that are missing, many abandoned starts, `next`, and other bases' apps."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections import connect
from cocoom_slack_plugin.connections.connect import Credentials, Proof
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.login import attempts, browser
from cocoom_slack_plugin.login.attempts import PURGED_AT_ONCE, Owner
from cocoom_slack_plugin.login.tables import login_attempt
from cocoom_slack_plugin.runtime import Runtime

from .host import ACME
from .visitor import query_of

BYTES_PER_START = 1000
"""Measured: 414 for the row and its indexes, 700 with what setting the nonce leaves behind until the next vacuum."""


# --- credentials ---


@pytest.mark.parametrize("column", ["client_id", "sealed_client_secret"])
def test_login_cannot_be_on_without_credentials(rows: Any, column: str) -> None:
    """S03: the database itself refuses that state."""
    with pytest.raises(IntegrityError):
        rows.run(f"UPDATE cocoom_slack_connection SET {column} = NULL WHERE tenant_id = 'acme'")


def test_a_base_that_is_not_connected_has_no_sign_in(acme: Any, rows: Any, slack: Any) -> None:
    """S03: no button, no redirect, nothing stored."""
    rows.run("DELETE FROM cocoom_slack_connection WHERE tenant_id = 'acme'")
    for answer in (acme.get("/slack/sign-in"), acme.get("/oidc?code=x&state=y"), acme.press(token="x")):
        assert answer.text == "the host's own 404"
    assert rows.attempts == rows.audit == []


@pytest.mark.parametrize(
    "sealed", ["", "plain-text-secret", "v1.test.AAAA", "v9.test.AAAA", "v1.unknown.AAAA"]
)
def test_a_secret_that_was_damaged(acme: Any, rows: Any, refused: Any, sealed: str) -> None:
    """S03: whatever stands in the column, nobody is sent to Slack with it."""
    acme.get("/slack/sign-in")
    rows.run(f"UPDATE cocoom_slack_connection SET sealed_client_secret = '{sealed}' WHERE tenant_id = 'acme'")
    answer = refused(acme.press(), "not_configured")
    assert "plain-text-secret" not in answer.text


@pytest.mark.parametrize("emptied", ["client_id", "team_id"])
def test_a_connection_with_an_empty_value(acme: Any, rows: Any, emptied: str) -> None:
    """S03: refused as a mistake of the set-up, never sent to Slack as it is."""
    rows.run(f"UPDATE cocoom_slack_connection SET {emptied} = '' WHERE tenant_id = 'acme'")
    answer = acme.press()
    assert answer.status_int == 403
    assert rows.outcomes[0] in ("configuration", "not_configured")


# --- abandoned starts ---


def test_ten_thousand_abandoned_starts_stay_bounded(acme: Any, rows: Any, engine: Engine) -> None:
    """S07: one start a second for three hours, by as many browsers, none of which comes back.

    A hundred are written at a time, and purged with one start's purge where a hundred starts would purge.
    """
    now, most = int(time.time()), 0
    with Session(engine) as session, session.begin():
        for first in range(0, 10_000, 100):
            begun = [datetime.fromtimestamp(now - 10_000 + first + each, UTC) for each in range(100)]
            session.execute(insert(login_attempt), [_abandoned(first, at) for at in begun])
            attempts.purge(session, "acme")
            most = max(most, session.scalar(select(func.count()).select_from(login_attempt)) or 0)
    assert 500 < most < 1000
    _assert_it_drains(acme, rows)


def _abandoned(first: int, at: datetime) -> dict[str, Any]:
    return {
        "tenant_id": "acme",
        "browser_hash": browser.digest(f"{at}"),
        "state_hash": browser.digest(f"{first} {at}"),
        "purpose": "sign_in",
        "next_path": "/",
        "created_at": at,
        "expires_at": at + timedelta(seconds=600),
    }


def _assert_it_drains(acme: Any, rows: Any) -> None:
    """All that is left expires at once: each real start clears a hundred of it away."""
    rows.run("UPDATE cocoom_slack_login_attempt SET expires_at = now() - interval '1 s'")
    left = len(rows.attempts)
    acme.start()
    assert len(rows.attempts) == max(left - PURGED_AT_ONCE, 0) + 1


def test_what_a_start_costs_the_database(acme: Any, rows: Any, engine: Engine) -> None:
    """S07: the measured growth per start."""
    now = int(time.time())
    with Session(engine) as session, session.begin():
        session.execute(text("TRUNCATE cocoom_slack_login_attempt"))
        before = _size(session)
        for number in range(500):
            owner = Owner("acme", browser.new(), "sign_in")
            state = f"{number:032}"
            attempts.add(session, owner, state, next_path="/threads/news", started=now, lifetime=600)
            attempts.remember_nonce(session, owner, state, "n" * 64)
        growth = (_size(session) - before) / 500
    assert growth < BYTES_PER_START, f"{growth:.0f} bytes per start"


def _size(session: Session) -> int:
    found = session.scalar(text("SELECT pg_total_relation_size('cocoom_slack_login_attempt')"))
    return int(found or 0)


def test_purging_leaves_other_bases_alone(acme: Any, globex: Any, rows: Any) -> None:
    """S07"""
    globex.start()
    rows.run("UPDATE cocoom_slack_login_attempt SET expires_at = now() - interval '1 s'")
    acme.start()
    assert sorted(row.tenant_id for row in rows.attempts) == ["acme", "globex"]


# --- next ---


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [("/threads/news?x=1#y", "/threads/news?x=1#y"), ("//evil.example", "/"), ("https://evil.example/", "/")],
)
def test_next_is_kept_here_and_judged_at_the_start(acme: Any, rows: Any, wanted: str, kept: str) -> None:
    """S10: the browser carries nothing of it, so nobody can change it on the way."""
    address = acme.start(wanted)
    (attempt,) = rows.attempts
    assert attempt.next_path == kept
    assert "next" not in query_of(address)
    assert "evil" not in address
    assert "threads" not in address


# --- other bases' apps, and addresses that are nobody's to set ---


def test_the_client_id_of_another_base_is_of_no_use(
    application: Any, acme: Any, globex: Any, rows: Any, slack: Any, refused: Any
) -> None:
    """S107: it is public; without its secret Slack refuses, and the set-up refuses to save it."""
    public = "1000000001.2000000001"
    rows.run(
        "UPDATE cocoom_slack_connection SET client_id = NULL, login_enabled = false WHERE tenant_id='acme'"
    )
    rows.run(f"UPDATE cocoom_slack_connection SET client_id = '{public}' WHERE tenant_id = 'globex'")
    state = query_of(globex.start())["state"]
    refused(globex.get(f"/oidc?code=x&state={state}"), "configuration", tenant="globex")
    (call,) = slack.control.requests("openid.connect.token")
    assert call["arguments"]["client_secret"] == "globex-client-secret"


def test_a_client_id_is_saved_for_one_base_only(application: Any, rows: Any, engine: Engine) -> None:
    """S107: refused without naming the other base."""
    given = Credentials(
        client_id="1000000001.2000000001", client_secret=SecretStr("guessed"), team_id="T0GLOBEX"
    )
    vault = Runtime.of(application).vault
    with Session(engine) as session, pytest.raises(InvalidInput) as caught, session.begin():
        connect.save(session, vault, "globex", Proof(given, None, "T0GLOBEX"), "test")
    assert "acme" not in str(caught.value).lower()


def test_no_value_of_a_base_changes_where_slack_is(acme: Any, alice: Any, rows: Any, slack: Any) -> None:
    """S108: endpoints are the operator's; every text of the row is tried."""
    evil = "https://evil.example"
    for column in ("team_name", "team_url", "app_id", "bot_user_id", "health_code", "enterprise_id"):
        rows.run(f"UPDATE cocoom_slack_connection SET {column} = '{evil}' WHERE tenant_id = 'acme'")
    address = acme.start()
    assert address.startswith(f"{slack.url}/openid/connect/authorize?")
    assert "evil" not in address
    assert acme.get(acme.agree(address)).status_int == 303
    assert not {"url", "endpoint", "issuer", "jwks_uri"} & set(Credentials.__dataclass_fields__)


@pytest.mark.parametrize("name", ["slack_url", "issuer", "jwks_uri", "team", "client_id", "redirect_uri"])
def test_no_parameter_of_a_request_changes_where_slack_is(acme: Any, slack: Any, name: str) -> None:
    """S05, S108"""
    given = f"{name}=https%3A%2F%2Fevil.example"
    acme.get(f"/slack/sign-in?{given}")
    answer = acme.app.post(
        f"/slack/sign-in?{given}",
        {"csrf_token": acme.app.cookies["csrf_token"].strip('"'), name: "https://evil.example"},
        headers={"Origin": ACME.url},
    )
    assert answer.headers["Location"].startswith(slack.url)
    assert "evil" not in answer.headers["Location"]


# --- who comes, as far as the token tells ---


def test_a_guest_enters_with_an_invitation_alone(
    acme: Any, visitor: Any, slack: Any, people: Any, refused: Any
) -> None:
    """S109: the token does not say who is a guest; whoever was not invited is refused, guest or not."""
    slack.control.approve_as("U0GUEST", team="T0ACME", app="A0ACME")
    refused(acme.sign_in(), "not_invited")
    slack.control.approve_as("U0GINA", team="T0GLOBEX", app="A0ACME")
    slack.control.change_app("A0ACME", distributed=True)
    people.add(ACME, "u-gina", "gina@globex.example")
    try:
        stranger = visitor(ACME)
        address = stranger.start().replace("&team=T0ACME", "")
        refused(stranger.get(stranger.agree(address)), "wrong_workspace", records=2)
    finally:
        slack.control.change_app("A0ACME", distributed=False)


def test_a_name_changed_in_slack_changes_nothing_here(
    acme: Any, visitor: Any, alice: Any, slack: Any, people: Any
) -> None:
    """S123: the rule is that Cocoom's name, e-mail and language are Cocoom's."""
    acme.sign_in()
    slack.control.id_token(
        claims={"name": "Eve", "given_name": "Eve", "locale": "fr-FR", "email": "eve@acme.example"}
    )
    assert visitor(ACME).sign_in().status_int == 303
    assert people.users["acme", "u-alice"] == alice
