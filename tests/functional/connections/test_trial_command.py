"""`cocoom-slack test`: a message by the path of all others, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cocoom_slack_plugin.notifications.tables import event
from demo.slack.control import Control

from .conftest import Deployment

Start = Callable[[Deployment], Path]


def test_a_test_message_arrives(deployment: Deployment, worker: Start, slack: Control) -> None:
    deployment.connect()
    worker(deployment)
    said = deployment.good("test", "acme", "https://acme.slack.com/archives/C0NEWS", "--seconds", "60")
    assert "sent to C0NEWS" in said
    (message,) = slack.messages("T0ACME", "news")
    assert message["text"] == "Acme can post here. This is a test message that somebody asked for."

    said = deployment.bad("test", "acme", "C0BOARD", "--seconds", "60")
    assert "trouble in this conversation: " in said
    slack.fault("error", "chat.postMessage", code="msg_too_long", times=1)
    assert "failed: msg_too_long" in deployment.bad("test", "acme", "C0NEWS", "--seconds", "60")
    slack.uninstall_app("A0ACME", "T0ACME")
    said = deployment.bad("test", "acme", "C0GENERAL", "--seconds", "60")
    assert "trouble in this conversation: account_inactive" in said
    assert "the connection is broken: account_inactive" in deployment.bad("test", "acme", "C0GENERAL")
    assert ("t-acme", "connection.broken", "account_inactive") in deployment.audited


def test_without_a_worker_it_says_so(deployment: Deployment, slack: Control) -> None:
    deployment.connect()
    said = deployment.bad("test", "acme", "C0NEWS", "--seconds", "0.5")
    assert "no worker has taken it: is `cocoom-slack worker` running, with the same settings?" in said
    assert slack.requests("chat.postMessage") == []
    (row,) = deployment.rows(event)
    assert row.kind == "connection_tested"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("health = 'broken', health_code = 'token_revoked'", "acme: the connection is broken: token_revoked"),
        ("notifications_enabled = false", "acme: notifications are off"),
    ],
)
def test_a_connection_that_does_not_run_is_said_at_once(
    deployment: Deployment, engine: Engine, change: str, what: str
) -> None:
    deployment.connect()
    with engine.begin() as open_:
        open_.exec_driver_sql(f"UPDATE cocoom_slack_connection SET {change}")
    assert what in deployment.bad("test", "acme", "C0NEWS")
    assert deployment.rows(event) == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("acme", "C0NEWS"), "this base is not connected to Slack: `cocoom-slack connect` does that"),
        (("acme", "#news"), "channel: paste the channel's id"),
        (("nobody", "C0NEWS"), "no tenant has the id or subdomain 'nobody'"),
    ],
)
def test_wrong_ways_to_ask(deployment: Deployment, arguments: tuple[Any, ...], what: str) -> None:
    assert what in deployment.bad("test", *arguments)
