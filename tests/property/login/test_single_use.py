"""A state and its nonce count once, however many come at the same moment (PostgreSQL, threads and a barrier)."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cocoom_slack_plugin.login import attempts, browser
from cocoom_slack_plugin.login.attempts import Owner
from tests.functional.login.host import ACME
from tests.functional.login.visitor import Visitor

FIXTURE = [HealthCheck.function_scoped_fixture]


def _at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(count)
    found: list[Any] = [None] * count

    def run(number: int) -> None:
        barrier.wait()
        found[number] = call(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=FIXTURE, derandomize=True)
@given(count=st.integers(2, 12))
def test_of_many_at_once_one_spends_the_state(engine: Engine, rows: Any, count: int) -> None:
    """S25"""
    owner, state, now = Owner("acme", browser.new(), "sign_in"), secrets.token_hex(16), int(time.time())
    with Session(engine) as session, session.begin():
        assert attempts.add(session, owner, state, next_path="/", started=now, lifetime=600)

    def spend(_: int) -> bool:
        with Session(engine) as session, session.begin():
            return attempts.consume(session, owner, state, now)

    assert sorted(_at_once(count, spend)) == [False] * (count - 1) + [True]


@settings(max_examples=25, deadline=None, suppress_health_check=FIXTURE, derandomize=True)
@given(count=st.integers(2, 12))
def test_of_many_at_once_one_sets_the_nonce(engine: Engine, rows: Any, count: int) -> None:
    """R2: an attempt has one nonce, and nobody can put another in its place."""
    owner, state, now = Owner("acme", browser.new(), "sign_in"), secrets.token_hex(16), int(time.time())
    with Session(engine) as session, session.begin():
        assert attempts.add(session, owner, state, next_path="/", started=now, lifetime=600)

    def put(number: int) -> bool:
        with Session(engine) as session, session.begin():
            return attempts.remember_nonce(session, owner, state, f"nonce-{number}")

    won = _at_once(count, put)
    assert won.count(True) == 1
    with Session(engine) as session:
        found = attempts.find(session, owner, state)
    assert found is not None
    assert found.nonce == f"nonce-{won.index(True)}"


@settings(max_examples=6, deadline=None, suppress_health_check=FIXTURE, derandomize=True)
@given(count=st.integers(2, 8))
def test_of_many_callbacks_at_once_with_a_code_each_one_signs_in(
    application: Any, alice: Any, rows: Any, slack: Any, token_calls: Any, count: int
) -> None:
    """S25: Slack would take every one of these codes; the state, and with it the nonce, counts once."""
    slack.control.clear_record()
    first = Visitor(application, ACME)
    address = first.start()
    backs = [first.agree(address) for _ in range(count)]
    cookies = {name: value.strip('"') for name, value in first.app.cookies.items()}

    def arrive(number: int) -> int:
        twin = Visitor(application, ACME)
        for name, value in cookies.items():
            twin.app.set_cookie(name, value)
        return int(twin.get(backs[number]).status_int)

    assert sorted(_at_once(count, arrive)) == [303] + [400] * (count - 1)
    assert token_calls() == 1
