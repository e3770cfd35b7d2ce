"""Connect, deliver and fail with canaries for secrets, then look for them everywhere (security.md E3)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as Client
from sqlalchemy import Engine, text

from cocoom_slack_plugin.database import metadata
from demo.servers import Redis
from demo.slack.control import Control

from .conftest import LOGGING, Deployment

CANARIES = ("canary-acme-bot", "canary-globex-bot", "canary-acme-client", "canary-globex-client")
TROUBLE = [
    ("error", {"code": "invalid_blocks"}),
    ("error", {"code": "internal_error"}),
    ("server_error", {}),
    ("html", {}),
    ("redirect", {}),
    ("truncated_after", {}),
    ("reset_after", {}),
    ("hang", {"seconds": 30}),
    ("rewrite", {"drop": ["ts"]}),
    ("rate_limited", {"retry_after": "1"}),
]


def _apps(slack: Control) -> None:
    for name in ("acme", "globex"):
        app, team = f"A0{name.upper()}", f"T0{name.upper()}"
        slack.change_app(app, client_secret=f"canary-{name}-client")
        slack.install_app(app, team, ["chat:write", "chat:write.public"], token=f"xoxb-canary-{name}-bot")


def _connect(deployment: Deployment, name: str, number: int) -> None:
    secrets = f"bot_token=xoxb-canary-{name}-bot\nclient_secret=canary-{name}-client\n"
    client = f"100000000{number}.200000000{number}"
    deployment.good("connect", name, "--client-id", client, "--stdin", given=secrets)


def _dump(engine: Engine) -> str:
    """All rows of all tables, the host's too, as text."""
    with engine.connect() as open_:
        names = open_.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        assert set(metadata.tables) <= set(names)
        return "\n".join(
            str(row) for name in names for row in open_.scalars(text(f'SELECT t::text FROM "{name}" t'))
        )


def _everything_in(server: Redis) -> bytes:
    """All keys with their values, as Redis would write them to its file, and readable."""
    found = []
    with Client.from_url(server.url()) as client:
        for key in client.scan_iter():
            kind = client.type(key)
            found += [key, client.dump(key) or b""]
            if kind == b"hash":
                found += [each for pair in client.hgetall(key).items() for each in pair]
            elif kind == b"string":
                found.append(client.get(key) or b"")
            elif kind == b"list":
                found += client.lrange(key, 0, -1)
    return b"\n".join(found)


def test_no_secret_is_found_anywhere(
    deployment: Deployment,
    make: Callable[..., Deployment],
    worker: Callable[[Deployment], Path],
    slack: Control,
    engine: Engine,
    redis_server: Redis,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    _apps(slack)
    said: list[str] = []
    for number, name in enumerate(("acme", "globex"), 1):
        _connect(deployment, name, number)
        for kind, fields in TROUBLE[number - 1 :: 2]:
            slack.fault(kind, "*", times=1, **fields)
            given = {
                "COCOOM_SLACK_BOT_TOKEN": f"xoxb-canary-{name}-bot",
                "COCOOM_SLACK_CLIENT_SECRET": f"canary-{name}-client",
            }
            client = f"100000000{number}.200000000{number}"
            result = deployment.run("connect", name, "--client-id", client, env=given)
            said.append(f"{result.output} {result.exception!r}")
            slack.clear_faults()
        said.append(deployment.good("status"))
    noisy = make(logging=LOGGING)
    log = worker(noisy)
    for number, (kind, fields) in enumerate(TROUBLE):
        slack.fault(kind, "chat.postMessage", times=1, **fields)
        name, channel = (("acme", "C0NEWS"), ("globex", "C1NEWS"))[number % 2]
        said.append(str(noisy.run("test", name, channel, "--seconds", "0.1").output))
    _until(lambda: len(slack.requests("chat.postMessage")) >= 4)
    _until(lambda: b"chat.postMessage" in log.read_bytes())
    slack.uninstall_app("A0ACME", "T0ACME")
    with engine.begin() as open_:
        open_.exec_driver_sql("UPDATE cocoom_slack_lane SET due_at = now() WHERE due_at IS NOT NULL")
    said.append(str(noisy.run("test", "acme", "C0GENERAL", "--seconds", "1").output))
    _until(lambda: deployment.connections["t-acme"].health == "broken")
    with engine.begin() as open_:
        open_.exec_driver_sql("UPDATE cocoom_slack_connection SET sealed_bot_token = sealed_bot_token || 'x'")
        open_.exec_driver_sql("UPDATE cocoom_slack_lane SET due_at = now() WHERE due_at IS NOT NULL")
    said.append(str(noisy.run("test", "globex", "C1NEWS", "--seconds", "1").output))
    said.append(noisy.good("status"))

    places: dict[str, Any] = {
        "PostgreSQL": _dump(engine),
        "Redis": _everything_in(redis_server).decode("latin-1"),
        "the worker's log": log.read_text("utf-8"),
        "the log": "\n".join(f"{each.getMessage()} {each.exc_text} {each.args}" for each in caplog.records),
        "the answers": "\n".join(said),
    }
    assert "slack_sdk" in places["the worker's log"], "the test must be able to see what the SDK logs"
    assert any(each.name.startswith("slack_sdk") for each in caplog.records)
    assert "v1.test." in places["PostgreSQL"]
    for place, content in places.items():
        assert content, place
        for canary in CANARIES:
            assert content.count(canary) == 0, f"{canary} is in {place}"


def _until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
