"""Who gets an account: policies, guests, Grid, and how long a session lasts (DESIGN.md section 6.4)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr
from sqlalchemy import Engine

from cocoom_hooks.payloads import Role, UserStatus
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.settings import EXAMPLE_KEY

from .host import ACME, make_host
from .visitor import Visitor

ENTERPRISE = "https://slack.com/enterprise_id"
TEAM = "https://slack.com/team_id"


@pytest.fixture
def configure(rows: Any) -> Callable[..., None]:
    """Set columns of Acme's connection."""

    def change(**values: str) -> None:
        assigned = ", ".join(f"{name} = {value}" for name, value in values.items())
        rows.run(f"UPDATE cocoom_slack_connection SET {assigned} WHERE tenant_id = 'acme'")

    return change


@pytest.fixture
def bot(configure: Callable[..., None]) -> None:
    """Acme's connection has a bot token that may read users."""
    vault = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})
    sealed = vault.seal(SecretStr("xoxb-demo-acme"), "acme", SecretKind.BOT_TOKEN)
    configure(sealed_bot_token=f"'{sealed}'", scopes="'{chat:write,users:read}'")


@pytest.fixture
def domains(configure: Callable[..., None], bot: None) -> None:
    configure(login_policy="'domains'", login_domains="'{acme.example,xn--bcher-kva.example}'")


@pytest.fixture
def workspace(configure: Callable[..., None], bot: None) -> None:
    configure(login_policy="'workspace'", login_role="'contributor'")


def made(people: Any) -> Any:
    [user] = people.users.values()
    return user


# --- policies ---


def test_a_domain_makes_an_account(acme: Any, domains: None, people: Any, rows: Any) -> None:
    assert acme.sign_in("/news").headers["Location"].endswith("/news")
    user = made(people)
    assert (user.email, user.display_name, user.role) == ("alice@acme.example", "Alice Martin", Role.READER)
    assert user.locale == "en"
    assert people.sessions[acme.session] == ("acme", user.id)
    (record,) = rows.audit
    assert record.detail == {"first_time": True, "account_made": True}
    (identity,) = rows.identities
    assert identity.user_id == user.id


@pytest.mark.parametrize(
    "email", ["alice@ACME.Example", "alice@bücher.example", "alice@XN--BCHER-KVA.example"]
)
def test_the_same_domain_written_otherwise(
    acme: Any, domains: None, people: Any, slack: Any, email: str
) -> None:
    slack.control.id_token(claims={"email": email})
    assert acme.sign_in().status_int == 303
    assert made(people).email == email


@pytest.mark.parametrize(
    "email",
    [
        "alice@acme.example.evil",
        "alice@xacme.example",
        "alice@sub.acme.example",
        "alice@acme.example.",
        "alice@evil.example@acme.example",
        "alice@acm\u0435.example",
        "alice@acme。example",
        "acme.example",
    ],
)
def test_a_domain_that_looks_alike(
    acme: Any, domains: None, people: Any, slack: Any, refused: Any, email: str
) -> None:
    slack.control.id_token(claims={"email": email})
    refused(acme.sign_in(), "not_invited")
    assert people.users == {}


def test_the_whole_workspace(acme: Any, workspace: None, people: Any, slack: Any) -> None:
    slack.control.id_token(claims={"email": "alice@anywhere.example", "locale": "fr-FR"})
    assert acme.sign_in().status_int == 303
    assert (made(people).role, made(people).locale) == (Role.CONTRIBUTOR, "fr")


def test_the_policy_of_one_base_is_not_that_of_another(
    globex: Any, workspace: None, refused: Any, people: Any
) -> None:
    answer = globex.sign_in()
    assert answer.status_int == 403
    assert people.users == {}


@pytest.mark.parametrize("verified", [False, "true", None])
def test_no_account_without_a_verified_address(
    acme: Any, workspace: None, people: Any, slack: Any, refused: Any, verified: object
) -> None:
    slack.control.id_token(claims={"email_verified": verified})
    refused(acme.sign_in(), "email_unverified")
    assert people.users == {}


@pytest.mark.parametrize("status", [UserStatus.INVITED, UserStatus.ACTIVE])
def test_an_account_that_is_there_is_met_first(
    acme: Any, workspace: None, people: Any, status: UserStatus
) -> None:
    people.add(ACME, "u-alice", "alice@acme.example", status)
    assert acme.sign_in().status_int == 303
    assert made(people).status is UserStatus.ACTIVE
    assert made(people).role is Role.READER


@pytest.mark.parametrize(
    ("status", "code"), [(UserStatus.DEACTIVATED, "account_disabled"), (UserStatus.REMOVED, "not_invited")]
)
def test_somebody_who_had_an_account_gets_no_new_one(
    acme: Any, workspace: None, people: Any, refused: Any, status: UserStatus, code: str
) -> None:
    people.add(ACME, "u-alice", "ALICE@acme.example", status)
    refused(acme.sign_in(), code)
    assert len(people.users) == 1


def test_a_host_that_makes_no_accounts(acme: Any, workspace: None, people: Any, refused: Any) -> None:
    people.makes_accounts = False
    refused(acme.sign_in(), "not_invited")


def test_a_name_that_cannot_be_shown(acme: Any, workspace: None, people: Any, slack: Any) -> None:
    slack.control.id_token(claims={"name": "evil\u202ename", "locale": ["en"]})
    acme.sign_in()
    assert made(people).display_name == "alice"


def test_an_account_that_cannot_be_bound_is_not_made(
    acme: Any, workspace: None, people: Any, rows: Any, slack: Any
) -> None:
    rows.run("ALTER TABLE cocoom_slack_person RENAME TO gone")
    try:
        assert acme.sign_in().status_int == 503
    finally:
        rows.run("ALTER TABLE gone RENAME TO cocoom_slack_person")
    assert people.users == {}
    assert rows.identities == []


# --- guests ---


@pytest.fixture
def guest(slack: Any) -> None:
    slack.control.approve_as("U0GUEST", team="T0ACME", app="A0ACME")


@pytest.mark.parametrize("policy", ["invited", "workspace"])
def test_a_guest(
    acme: Any, bot: None, guest: None, configure: Any, people: Any, refused: Any, policy: str
) -> None:
    """S109"""
    configure(login_policy=f"'{policy}'")
    people.add(ACME, "u-gus", "gus@partner.example", UserStatus.INVITED)
    refused(acme.sign_in(), "guest")
    assert made(people).status is UserStatus.INVITED


def test_a_single_channel_guest(acme: Any, workspace: None, slack: Any, refused: Any) -> None:
    slack.control.fault(
        "rewrite",
        "users.info",
        merge={
            "user": {
                "id": "U0ALICE",
                "team_id": "T0ACME",
                "is_restricted": False,
                "is_ultra_restricted": True,
            }
        },
    )
    refused(acme.sign_in(), "guest")


def test_guests_may_enter_where_the_base_says_so(
    acme: Any, bot: None, guest: None, configure: Any, people: Any, slack: Any
) -> None:
    configure(login_policy="'workspace'", login_guests="true")
    assert acme.sign_in().status_int == 303
    assert slack.control.requests("users.info") == [], "where it does not matter, Slack is not asked"


def test_who_is_bound_is_not_asked_about_again(
    acme: Any, visitor: Any, alice: Any, bot: None, slack: Any
) -> None:
    acme.sign_in()
    slack.control.clear_record()
    assert visitor(ACME).sign_in().status_int == 303
    assert slack.control.requests("users.info") == []


TROUBLE: list[dict[str, Any]] = [
    {"kind": "rate_limited"},
    {"kind": "server_error"},
    {"kind": "reset"},
    {"kind": "html"},
    {"kind": "error", "code": "missing_scope"},
    {"kind": "error", "code": "user_not_found"},
    {
        "kind": "rewrite",
        "merge": {
            "user": {"id": "U0BOB", "team_id": "T0ACME", "is_restricted": False, "is_ultra_restricted": False}
        },
    },
    {"kind": "rewrite", "merge": {"user": []}},
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_when_nobody_can_tell_a_guest(
    acme: Any, workspace: None, people: Any, slack: Any, refused: Any, trouble: dict[str, Any]
) -> None:
    slack.control.fault(method="users.info", **trouble)
    answer = refused(acme.sign_in(), "guest_unknown")
    assert "users:read" in answer.text
    assert people.users == {}


@pytest.mark.parametrize(
    "column",
    [
        {"sealed_bot_token": "NULL"},
        {"scopes": "'{chat:write}'"},
        {"sealed_bot_token": "'v1.test.AAAA'"},
        {"health": "'broken'"},
    ],
    ids=str,
)
def test_without_a_usable_bot_token(
    acme: Any, workspace: None, configure: Any, slack: Any, refused: Any, column: dict[str, str]
) -> None:
    configure(**column)
    refused(acme.sign_in(), "guest_unknown")
    assert slack.control.requests("users.info") == []


def test_an_invitation_is_enough_where_nobody_can_tell(acme: Any, alice: Any, bot: None, slack: Any) -> None:
    slack.control.fault("server_error", "users.info")
    assert acme.sign_in().status_int == 303


def test_the_deadline_holds_for_the_question_too(
    acme: Any, workspace: None, slack: Any, refused: Any
) -> None:
    """S156: the host of these tests gives two seconds."""
    slack.control.fault("hang", "users.info", seconds=8)
    import time

    started = time.monotonic()
    refused(acme.sign_in(), "guest_unknown")
    assert time.monotonic() - started < 5


def test_no_transaction_is_open_while_slack_is_asked(
    acme: Any, workspace: None, slack: Any, engine: Engine
) -> None:
    slack.control.fault("hang", "users.info", seconds=1, times=1)
    acme.sign_in()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


# --- Grid ---


@pytest.fixture
def grid(configure: Callable[..., None]) -> None:
    configure(enterprise_id="'E0ACME'", login_pin="'enterprise'")


def test_one_person_from_two_workspaces_is_one_identity(
    acme: Any, visitor: Any, alice: Any, grid: None, slack: Any, rows: Any
) -> None:
    """S103"""
    slack.control.id_token(claims={ENTERPRISE: "E0ACME"})
    address = acme.start()
    assert "team=T0ACME" in address
    assert acme.get(acme.agree(address)).status_int == 303
    slack.control.clear_id_token()
    slack.control.id_token(claims={ENTERPRISE: "E0ACME", TEAM: "T0OTHER", "email": "changed@acme.example"})
    assert visitor(ACME).sign_in().status_int == 303
    (identity,) = rows.identities
    assert (identity.team_id, identity.enterprise_id) == ("E0ACME", "E0ACME")


@pytest.mark.parametrize(
    "enterprise", [None, "", "E0EVIL", ["E0ACME"], {"E0ACME": 1}, True, "e0acme", "dropped"], ids=str
)
def test_another_enterprise(
    acme: Any, alice: Any, grid: None, slack: Any, refused: Any, enterprise: object
) -> None:
    claims = {} if enterprise == "dropped" else {ENTERPRISE: enterprise}
    slack.control.id_token(claims=claims)
    refused(acme.sign_in(), "wrong_workspace")


def test_an_enterprise_does_not_help_where_the_workspace_is_pinned(
    acme: Any, alice: Any, configure: Any, slack: Any, refused: Any
) -> None:
    configure(enterprise_id="'E0ACME'")
    slack.control.id_token(claims={ENTERPRISE: "E0ACME", TEAM: "T0OTHER"})
    refused(acme.sign_in(), "wrong_workspace")


def test_the_workspace_policy_is_about_the_pinned_workspace(
    acme: Any, workspace: None, grid: None, slack: Any, refused: Any, people: Any
) -> None:
    slack.control.id_token(claims={ENTERPRISE: "E0ACME", TEAM: "T0OTHER"})
    refused(acme.sign_in(), "not_invited")


def test_identities_outlive_a_change_of_the_pin(
    acme: Any, visitor: Any, alice: Any, configure: Any, slack: Any, rows: Any, people: Any
) -> None:
    slack.control.id_token(claims={ENTERPRISE: "E0ACME"})
    assert acme.sign_in().status_int == 303
    configure(enterprise_id="'E0ACME'", login_pin="'enterprise'")
    assert visitor(ACME).sign_in().status_int == 303
    assert [row.team_id for row in rows.identities] == ["E0ACME"]
    configure(login_pin="'workspace'")
    again = visitor(ACME)
    assert again.sign_in().status_int == 303
    assert [row.team_id for row in rows.identities] == ["T0ACME"]
    assert people.sessions[again.session] == ("acme", "u-alice")


# --- the session ---


def test_the_age_of_a_session_is_the_operators(
    engine: Engine, people: Any, slack: Any, rows: Any, alice: Any
) -> None:
    for given, passed in ((0, None), (3600, 3600)):
        host = make_host(engine, people, slack.url, session_max_age=given)
        assert Visitor(host, ACME).sign_in().status_int == 303
        assert people.max_ages[-1] == passed
