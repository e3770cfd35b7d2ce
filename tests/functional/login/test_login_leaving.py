"""Leaving: in Cocoom (the host tells), and in Slack (we look) (features.md row 32; security.md S110, S112)."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.login import leavers, leaving, presence
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import EXAMPLE_KEY

from .host import ACME, GLOBEX


@pytest.fixture
def runtime(application: Any) -> Runtime:
    return Runtime.of(application.registry)


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    leavers._waiting.clear()
    yield
    leavers._waiting.clear()


@pytest.fixture
def bots(rows: Any) -> None:
    """Both bases have a bot token that may read users."""
    vault = Vault({"test": SecretBytes(base64.b64decode(EXAMPLE_KEY))})
    for tenant in ("acme", "globex"):
        sealed = vault.seal(SecretStr(f"xoxb-demo-{tenant}"), tenant, SecretKind.BOT_TOKEN)
        rows.run(
            f"UPDATE cocoom_slack_connection SET sealed_bot_token = '{sealed}', scopes = '{{users:read}}' "
            f"WHERE tenant_id = '{tenant}'"
        )


@pytest.fixture
def bound(rows: Any, people: Any) -> Callable[..., None]:
    """Somebody who has signed in, and has a session."""

    def bind(slack_user: str, tenant: Any = ACME, team: str = "T0ACME") -> None:
        user_id = f"u-{slack_user}"
        rows.run(
            "INSERT INTO cocoom_slack_login_identity (tenant_id, team_id, slack_user_id, user_id) "
            f"VALUES ('{tenant.id}', '{team}', '{slack_user}', '{user_id}')"
        )
        people.add(tenant, user_id, f"{slack_user}@x.example")
        people.sessions[f"{tenant.id}-{slack_user}"] = (tenant.id, user_id)

    return bind


@pytest.fixture
def look(runtime: Runtime) -> Callable[[], None]:
    return lambda: leavers.check(runtime, threading.Event())


def asked(slack: Any) -> list[str]:
    return [each["arguments"]["user"] for each in slack.control.requests("users.info")]


def age(rows: Any) -> None:
    rows.run("UPDATE cocoom_slack_login_identity SET checked_at = checked_at - interval '2 hours'")


# --- in Slack ---


def test_who_left_slack_loses_the_sessions(bots: None, bound: Any, look: Any, rows: Any, people: Any) -> None:
    bound("U0LEAVER")
    bound("U0BOB")
    look()
    assert list(people.sessions.values()) == [("acme", "u-U0BOB")]
    gone = next(row for row in rows.identities if row.slack_user_id == "U0LEAVER")
    assert gone.left_at is not None
    (record,) = rows.audit
    assert (record.tenant_id, record.action, record.outcome) == ("acme", "login.left", "ok")
    assert (record.actor, record.detail) == ("u-U0LEAVER", {"sessions": 1})


def test_it_is_noted_once(bots: None, bound: Any, look: Any, rows: Any, slack: Any) -> None:
    bound("U0LEAVER")
    look()
    before = rows.identities
    age(rows)
    look()
    assert rows.identities[0].left_at == before[0].left_at
    assert len(rows.audit) == 1
    assert asked(slack) == ["U0LEAVER"], "who is noted as gone is not asked about again"


def test_who_comes_back_is_there_again(
    acme: Any, alice: Any, bots: None, look: Any, rows: Any, slack: Any, visitor: Any
) -> None:
    acme.sign_in()
    slack.control.change_user("T0ACME", "U0ALICE", deleted=True)
    try:
        look()
    finally:
        slack.control.change_user("T0ACME", "U0ALICE", deleted=False)
    assert rows.identities[0].left_at is not None
    visitor(ACME).sign_in()
    assert rows.identities[0].left_at is None


def test_nobody_is_asked_about_twice_in_an_interval(
    bots: None, bound: Any, look: Any, rows: Any, slack: Any
) -> None:
    for name in ("U0ALICE", "U0BOB", "U0CHLOE"):
        bound(name)
    look()
    look()
    assert sorted(asked(slack)) == ["U0ALICE", "U0BOB", "U0CHLOE"]
    age(rows)
    rows.run("UPDATE cocoom_slack_login_identity SET checked_at = NULL WHERE slack_user_id = 'U0CHLOE'")
    slack.control.clear_record()
    look()
    assert asked(slack)[0] == "U0CHLOE", "the one who waits longest"


def test_two_bases_each_with_its_own_token(
    bots: None, bound: Any, look: Any, slack: Any, people: Any
) -> None:
    bound("U0ALICE")
    bound("U0GINA", GLOBEX, "T0GLOBEX")
    look()
    tokens = {(each["arguments"]["user"], each["token"]) for each in slack.control.requests("users.info")}
    assert len(tokens) == 2
    assert len(people.sessions) == 2


@pytest.mark.parametrize(
    "change",
    [
        "sealed_bot_token = NULL",
        "sealed_bot_token = 'v1.test.AAAA'",
        "scopes = '{chat:write}'",
        "health = 'broken'",
        "login_enabled = false",
    ],
)
def test_where_nobody_can_be_asked(
    bots: None, bound: Any, look: Any, rows: Any, slack: Any, change: str
) -> None:
    rows.run(f"UPDATE cocoom_slack_connection SET {change}")
    bound("U0LEAVER")
    look()
    assert asked(slack) == []
    assert rows.identities[0].checked_at is None


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
def test_a_user_whom_slack_does_not_show_has_not_left(
    bots: None, bound: Any, look: Any, slack: Any, people: Any, code: str
) -> None:
    for name in ("U0ALICE", "U0LEAVER"):
        bound(name)
    slack.control.fault("error", "users.info", code=code, times=1)
    look()
    assert list(people.sessions.values()) == [("acme", "u-U0ALICE")], "and the others go on"


def test_the_answer_about_somebody_else_counts_for_nobody(
    bots: None, bound: Any, look: Any, slack: Any, people: Any, rows: Any
) -> None:
    bound("U0ALICE")
    user = {"id": "U0LEAVER", "team_id": "T0ACME", "deleted": True}
    slack.control.fault("rewrite", "users.info", merge={"user": user})
    look()
    assert len(people.sessions) == 1
    assert rows.audit == []


TROUBLE: list[dict[str, Any]] = [
    {"kind": "error", "code": "token_revoked"},
    {"kind": "error", "code": "missing_scope"},
    {"kind": "server_error"},
    {"kind": "reset"},
    {"kind": "rate_limited"},
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_trouble_of_one_base_stops_that_base_alone(
    bots: None, bound: Any, look: Any, slack: Any, people: Any, rows: Any, trouble: dict[str, Any]
) -> None:
    for name in ("U0ALICE", "U0LEAVER", "U0BOB"):
        bound(name)
    bound("U0GINA", GLOBEX, "T0GLOBEX")
    slack.control.fault(method="users.info", team="T0ACME", **trouble)
    look()
    assert len([row for row in rows.identities if row.tenant_id == "acme" and row.checked_at]) == 0
    assert len([row for row in rows.identities if row.tenant_id == "globex" and row.checked_at]) == 1
    assert len([each for each in slack.control.requests("users.info") if each["team"] == "T0ACME"]) == 1
    assert len(people.sessions) == 4
    assert rows.audit == []


def test_a_host_that_fails_for_one_base(
    bots: None, bound: Any, look: Any, people: Any, slack: Any, monkeypatch: Any
) -> None:
    bound("U0LEAVER")
    bound("U0GINA", GLOBEX, "T0GLOBEX")
    monkeypatch.setattr(Hooks, "end_sessions", lambda *_: 1 / 0)
    look()
    assert sorted(asked(slack)) == ["U0GINA", "U0LEAVER"]


def test_slacks_wish_to_wait_is_remembered(bots: None, bound: Any, look: Any, slack: Any, rows: Any) -> None:
    bound("U0LEAVER")
    slack.control.fault("rate_limited", "users.info", retry_after="2", times=1)
    look()
    look()
    assert len(asked(slack)) == 1
    leavers._waiting["acme"] = time.monotonic() - 1
    look()
    assert len(asked(slack)) == 2
    assert rows.identities[0].left_at is not None


def test_the_pace(bots: None, bound: Any, runtime: Runtime, slack: Any, rows: Any) -> None:
    """Forty a minute, then it waits; told to stop, it stops at once."""
    for number in range(presence.PER_MINUTE + 15):
        bound(f"U{number}")
    stop = threading.Event()
    worker = threading.Thread(target=leavers.check, args=(runtime, stop))
    worker.start()
    until = time.monotonic() + 20
    while len(asked(slack)) < presence.PER_MINUTE and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.3)
    assert len(asked(slack)) == presence.PER_MINUTE
    stop.set()
    worker.join(2)
    assert not worker.is_alive()


def test_two_workers_share_the_pace_and_the_work(
    bots: None, bound: Any, runtime: Runtime, slack: Any
) -> None:
    for number in range(presence.PER_MINUTE + 10):
        bound(f"U{number}")
    stop = threading.Event()
    workers = [threading.Thread(target=leavers.check, args=(runtime, stop)) for _ in range(3)]
    for worker in workers:
        worker.start()
    time.sleep(3)
    stop.set()
    for worker in workers:
        worker.join(3)
    names = asked(slack)
    assert len(names) == len(set(names)) <= presence.PER_MINUTE


def test_stopped_in_the_middle_of_a_call(
    bots: None, bound: Any, runtime: Runtime, slack: Any, rows: Any
) -> None:
    bound("U0LEAVER")
    bound("U0BOB")
    slack.control.fault("hang", "users.info", seconds=5)
    stop = threading.Event()
    worker = threading.Thread(target=leavers.check, args=(runtime, stop))
    worker.start()
    time.sleep(0.7)
    stop.set()
    worker.join(1)
    assert not worker.is_alive()
    assert [row.checked_at for row in rows.identities] == [None, None], "they come first the next time"


def test_whoever_signs_in_during_the_look_stays(
    bots: None, bound: Any, runtime: Runtime, rows: Any, people: Any
) -> None:
    bound("U0LEAVER")
    with runtime.hooks.open_dbsession("acme") as dbsession, dbsession.begin():
        claimed, _ = presence.claim(dbsession, "acme", 3600)
    rows.run("UPDATE cocoom_slack_login_identity SET last_login_at = now()")
    with runtime.hooks.open_dbsession("acme") as dbsession, dbsession.begin():
        assert not presence.note_left(runtime, dbsession, ACME, claimed[0])
    assert len(people.sessions) == 1


# --- in Cocoom ---


@pytest.fixture
def somebody(acme: Any, alice: Any, rows: Any, people: Any) -> None:
    """Signed in, and with a link under way, like somebody else."""
    acme.sign_in()
    people.sessions["another"] = ("acme", "u-other")
    for user in ("u-alice", "u-other"):
        rows.run(
            "INSERT INTO cocoom_slack_login_attempt (tenant_id, state_hash, browser_hash, purpose, user_id, next_path,"
            f" expires_at) VALUES ('acme', '{user}', 'x', 'link', '{user}', '/', now() + interval '1 hour')"
        )


def test_deactivated(somebody: None, runtime: Runtime, engine: Any, rows: Any, people: Any) -> None:
    with Session(engine) as dbsession, dbsession.begin():
        leaving.left(runtime, ACME, "u-alice", dbsession)
    assert list(people.sessions) == ["another"]
    assert [row.user_id for row in rows.identities] == ["u-alice"]
    assert [row.user_id for row in rows.attempts if row.user_id] == ["u-other"]


def test_removed(somebody: None, runtime: Runtime, engine: Any, rows: Any, people: Any) -> None:
    with Session(engine) as dbsession, dbsession.begin():
        leaving.removed(runtime, ACME, "u-alice", dbsession)
    assert list(people.sessions) == ["another"]
    assert rows.identities == rows.persons == []


def test_it_is_part_of_the_hosts_own_transaction(
    somebody: None, runtime: Runtime, engine: Any, rows: Any
) -> None:
    with Session(engine) as dbsession:
        leaving.removed(runtime, ACME, "u-alice", dbsession)
        dbsession.rollback()
    assert len(rows.identities) == len(rows.persons) == 1
