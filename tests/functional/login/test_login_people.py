"""Who is let in (security.md S100-S121)."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from cocoom_hooks.payloads import UserStatus

from .host import ACME, GLOBEX
from .visitor import Visitor


def test_an_unknown_person(acme: Any, refused: Any, rows: Any, people: Any) -> None:
    """S113: no row, no account"""
    refused(acme.sign_in(), "not_invited")
    assert rows.identities == rows.persons == []
    assert people.users == {}


def test_invited_at_another_base(acme: Any, people: Any, refused: Any) -> None:
    """S106, CVE-2022-21706"""
    people.add(GLOBEX, "u-alice", "alice@acme.example", UserStatus.INVITED)
    refused(acme.sign_in(), "not_invited")
    assert people.users["globex", "u-alice"].status is UserStatus.INVITED


@pytest.mark.parametrize("verified", [False, "true", 1, None, "missing"])
@pytest.mark.parametrize("status", [UserStatus.ACTIVE, UserStatus.INVITED])
def test_an_unverified_email(
    acme: Any, people: Any, slack: Any, refused: Any, rows: Any, verified: object, status: UserStatus
) -> None:
    """S115, CVE-2024-21632: nobody is met by an address that Slack does not vouch for."""
    people.add(ACME, "u-alice", "alice@acme.example", status)
    missing = verified == "missing"
    slack.control.id_token(
        claims={} if missing else {"email_verified": verified}, drop=["email_verified"] if missing else []
    )
    refused(acme.sign_in(), "email_unverified")
    assert rows.identities == []
    assert people.users["acme", "u-alice"].status is status


@pytest.mark.parametrize("email", [None, "", ["alice@acme.example"], "dropped"])
def test_no_email(acme: Any, alice: Any, slack: Any, refused: Any, email: object) -> None:
    """S121"""
    drop = email == "dropped"
    slack.control.id_token(claims={} if drop else {"email": email}, drop=["email"] if drop else [])
    refused(acme.sign_in(), "email_missing")


def test_two_accounts_with_the_address(acme: Any, alice: Any, people: Any, refused: Any) -> None:
    """S116"""
    people.add(ACME, "u-alice-2", "ALICE@acme.example")
    refused(acme.sign_in(), "ambiguous")


@pytest.mark.parametrize("status", [UserStatus.DEACTIVATED, UserStatus.REMOVED])
def test_a_deactivated_person_who_was_never_here(
    acme: Any, people: Any, refused: Any, rows: Any, status: UserStatus
) -> None:
    """S111, CVE-2016-4427"""
    people.add(ACME, "u-alice", "alice@acme.example", status)
    refused(acme.sign_in(), "not_invited" if status is UserStatus.REMOVED else "account_disabled")
    assert rows.identities == []


@pytest.mark.parametrize("status", [UserStatus.DEACTIVATED, UserStatus.REMOVED, None])
def test_a_deactivated_person_who_is_known(
    acme: Any, visitor: Any, alice: Any, people: Any, refused: Any, status: UserStatus | None
) -> None:
    """S111"""
    acme.sign_in()
    if status is None:
        people.users.clear()
    else:
        people.add(ACME, "u-alice", "alice@acme.example", status)
    refused(visitor(ACME).sign_in(), "account_disabled", records=2)


def test_an_account_is_met_once(
    acme: Any, visitor: Any, alice: Any, slack: Any, refused: Any, rows: Any
) -> None:
    """R10: a second Slack user with the same verified address does not get the account."""
    acme.sign_in()
    slack.control.id_token(claims={"sub": "U0EVIL", "https://slack.com/user_id": "U0EVIL"})
    refused(visitor(ACME).sign_in(), "identity_conflict", records=2)
    (identity,) = rows.identities
    assert identity.slack_user_id == "U0ALICE"


def test_a_refused_meeting_activates_nobody(
    acme: Any, people: Any, rows: Any, slack: Any, engine: Any
) -> None:
    rows.run(
        "INSERT INTO cocoom_slack_login_identity (tenant_id, team_id, slack_user_id, user_id, last_login_at) "
        "VALUES ('acme', 'T0ACME', 'U0OTHER', 'u-alice', now())"
    )
    people.add(ACME, "u-alice", "alice@acme.example")
    assert acme.sign_in().status_int == 403
    assert rows.outcomes == ["identity_conflict"]
    assert rows.persons == []


def test_the_case_of_an_id_matters(
    acme: Any, visitor: Any, alice: Any, people: Any, slack: Any, rows: Any
) -> None:
    """CVE-2024-32879"""
    acme.sign_in()
    people.add(ACME, "u-lower", "lower@acme.example")
    slack.control.id_token(
        claims={
            "sub": "u0alice",
            "https://slack.com/user_id": "u0alice",
            "email": "lower@acme.example",
        }
    )
    other = visitor(ACME)
    other.sign_in()
    assert people.sessions[other.session] == ("acme", "u-lower")


def test_four_first_sign_ins_at_once_bind_once(application: Any, alice: Any, rows: Any, people: Any) -> None:
    """S117, CVE-2025-61783: the constraint decides, and losing it is a refusal."""
    backs = []
    for _ in range(4):
        somebody = Visitor(application, ACME)
        backs.append((somebody, somebody.agree(somebody.start())))
    barrier = threading.Barrier(4)

    def arrive(somebody: Visitor, back: str) -> None:
        barrier.wait()
        somebody.get(back)

    threads = [threading.Thread(target=arrive, args=each) for each in backs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows.identities) == 1
    assert set(rows.outcomes) <= {"ok", "identity_conflict"}
    assert rows.outcomes.count("ok") >= 1
    assert set(people.sessions.values()) == {("acme", "u-alice")}


def test_a_mailbox_that_only_looks_alike(acme: Any, people: Any, slack: Any, rows: Any) -> None:
    """The host may compare too generously; we do not."""
    people.add(ACME, "u-alice", "alıce@acme.example".replace("ı", "I"))
    slack.control.id_token(claims={"email": "al\u0131ce@acme.example"})
    assert acme.sign_in().status_int == 403
    assert rows.outcomes == ["not_invited"]
