"""What becomes of what waited: asked at the end of `connect`, said later with `catch-up`, shown by `status`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.events import CONNECTION_TESTED, ConnectionTested
from cocoom_slack_plugin.notifications.tables import event, notice
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.testing import envelope
from demo.slack.control import Control

from .conftest import Deployment
from .telling import ACME, tell
from .terminal import at_a_terminal

BOT = {"COCOOM_SLACK_BOT_TOKEN": "xoxb-demo-acme"}
CONNECT = ("connect", "acme", "--notifications")


@pytest.fixture
def broken(deployment: Deployment, engine: Engine) -> Deployment:
    """Connected, broken, and three notices in two conversations wait."""
    deployment.connect()
    with Session(engine) as dbsession:
        assert mark_broken(dbsession, "t-acme", "token_revoked")
        dbsession.commit()
    tell(engine, "C0NEWS", "C0NEWS", "C0GENERAL")
    return deployment


def _states(deployment: Deployment) -> set[tuple[str, str | None]]:
    return {(row.state, row.reason) for row in deployment.rows(notice)}


def _held(deployment: Deployment) -> bool:
    return deployment.connections["t-acme"].held_at is not None


WAITING = {("waiting", None)}


class TestConnecting:
    def test_without_a_terminal_they_stay_held_and_the_command_is_named(self, broken: Deployment) -> None:
        said = broken.good(*CONNECT, env=BOT)
        assert "waiting: 3 notices in 2 conversations, the first since 20" in said
        assert "they stay held; decide with `cocoom-slack catch-up acme deliver|summarise|discard`" in said
        assert _held(broken)
        assert _states(broken) == WAITING

    def test_from_standard_input_nothing_is_asked(self, broken: Deployment) -> None:
        said = broken.good(*CONNECT, "--stdin", given="bot_token=xoxb-demo-acme\n")
        assert "they stay held" in said
        assert _held(broken)

    @pytest.mark.parametrize(
        ("choice", "held", "states", "what"),
        [
            ("deliver", False, WAITING, "3 notices of 2 conversations: sent now"),
            (
                "discard",
                False,
                {("dropped", "discarded")},
                "3 notices of 2 conversations: discarded",
            ),
            (
                "summarise",
                False,
                {("dropped", "summarised")},
                "3 notices of 2 conversations: told in 0 messages",
            ),
            ("hold", True, WAITING, "they stay held"),
        ],
        ids=["deliver", "discard", "summarise", "hold"],
    )
    def test_it_is_said_with_an_option(
        self, broken: Deployment, choice: str, held: bool, states: Any, what: str
    ) -> None:
        assert what in broken.good(*CONNECT, "--waiting", choice, env=BOT)
        assert (_held(broken), _states(broken)) == (held, states)

    def test_with_nothing_waiting_it_goes_on_at_once(self, deployment: Deployment, engine: Engine) -> None:
        deployment.connect()
        with Session(engine) as dbsession:
            mark_broken(dbsession, "t-acme", "token_revoked")
            dbsession.commit()
        assert "held" not in deployment.good(*CONNECT, env=BOT)
        assert not _held(deployment)

    def test_what_is_not_decided_yet_counts_as_waiting(self, broken: Deployment, engine: Engine) -> None:
        with Session(engine) as dbsession:
            told = ConnectionTested(**envelope(ACME), channel="C0WELCOME")
            outbox.record(dbsession, CONNECTION_TESTED, told)
            dbsession.commit()
        assert "waiting: 4 notices in 3 conversations" in broken.good(*CONNECT, env=BOT)

    def test_a_connection_that_never_broke_is_asked_nothing(
        self, deployment: Deployment, engine: Engine
    ) -> None:
        deployment.connect()
        tell(engine, "C0NEWS")
        assert "waiting" not in deployment.good(*CONNECT, "--waiting", "discard", env=BOT)
        assert _states(deployment) == WAITING

    def test_connecting_for_login_alone_decides_nothing(self, broken: Deployment) -> None:
        """The bot's token is still the broken one."""
        broken.good(
            *("connect", "acme", "--login", "--client-id", "1000000001.2000000001", "--waiting", "discard"),
            env={"COCOOM_SLACK_CLIENT_SECRET": "acme-client-secret"},
        )
        assert _held(broken)
        assert _states(broken) == WAITING

    def test_a_wrong_word_is_told_the_right_ones(self, deployment: Deployment) -> None:
        said = deployment.bad(*CONNECT, "--waiting", "forget", env=BOT)
        assert "'deliver', 'summarise', 'discard', 'hold'" in said
        assert deployment.connections == {}

    @pytest.mark.parametrize(("answer", "held"), [("discard", False), ("", True)], ids=["discard", "enter"])
    def test_at_a_terminal_it_is_asked(self, broken: Deployment, answer: str, held: bool) -> None:
        said = at_a_terminal(broken, CONNECT, ("What becomes of them", answer), env=BOT)
        assert "waiting: 3 notices in 2 conversations" in said
        assert _held(broken) is held
        assert _states(broken) == (WAITING if held else {("dropped", "discarded")})


class TestLater:
    @pytest.mark.parametrize("choice", ["deliver", "summarise", "discard"])
    def test_it_is_decided_once(self, broken: Deployment, choice: str) -> None:
        broken.good(*CONNECT, env=BOT)
        assert "3 notices of 2 conversations" in broken.good("catch-up", "acme", choice)
        assert not _held(broken)
        assert "acme: no notices are held" in broken.good("catch-up", "acme", choice)
        assert broken.audited.count(("t-acme", f"notices.{choice}", "ok")) == 1

    def test_while_it_is_broken_it_is_connected_first(self, broken: Deployment) -> None:
        said = broken.bad("catch-up", "acme", "discard")
        assert "acme: the connection is broken (token_revoked): connect again first" in said
        assert _states(broken) == WAITING

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            (("acme", "deliver"), "this base is not connected to Slack"),
            (("acme", "hold"), "'deliver', 'summarise', 'discard'"),
            (("nobody", "deliver"), "no tenant has the id or subdomain 'nobody'"),
        ],
        ids=["not connected", "wrong word", "nobody"],
    )
    def test_wrong_ways_to_ask(self, deployment: Deployment, arguments: Any, what: str) -> None:
        assert what in deployment.bad("catch-up", *arguments)

    def test_what_is_delivered_arrives(
        self, broken: Deployment, worker: Callable[[Deployment], Path], slack: Control
    ) -> None:
        broken.good(*CONNECT, "--waiting", "deliver", env=BOT)
        worker(broken)
        _until(lambda: {state for state, _ in _states(broken)} == {"sent"})
        assert len(slack.messages("T0ACME", "news")) == 2


def test_the_status_says_since_when_and_how_many(broken: Deployment) -> None:
    since = broken.connections["t-acme"].held_at
    assert since is not None
    assert "broken: token_revoked, held since 20" in broken.good("status")
    broken.good(*CONNECT, env=BOT)
    assert "(3 waiting)" in broken.good("status", "acme")
    broken.good("catch-up", "acme", "deliver")
    assert "held" not in broken.good("status")


def test_a_test_message_is_not_put_where_nothing_goes_out(broken: Deployment) -> None:
    broken.good(*CONNECT, env=BOT)
    before = len(broken.rows(event))
    said = broken.bad("test", "acme", "C0NEWS")
    assert "acme: notices are held since the connection was broken" in said
    assert "`cocoom-slack catch-up acme deliver|summarise|discard`" in said
    assert len(broken.rows(event)) == before


def test_a_test_that_is_overtaken_by_a_break_says_so(deployment: Deployment, engine: Engine) -> None:
    from cocoom_slack_plugin.notifications import trial

    deployment.connect()
    with Session(engine) as dbsession:
        event_id = trial.record(dbsession, ACME, "C0NEWS")
        decide_batch(dbsession)
        mark_broken(dbsession, "t-acme", "token_revoked")
        dbsession.commit()
        end = trial._look(dbsession, "t-acme", event_id)
    assert (end.state, end.is_final) == ("waiting", True)
    assert end.explanation.startswith("held: ")


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
