"""While Slack, or Redis, does not answer."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import Engine, text

from .host import ACME
from .visitor import Visitor

OPEN_TRANSACTIONS = text(
    "SELECT state, query FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
)


@pytest.mark.parametrize("method", ["openid.connect.token", "keys"])
def test_no_transaction_is_open_while_slack_is_slow(
    acme: Any, application: Any, alice: Any, slack: Any, engine: Engine, rows: Any, method: str
) -> None:
    """S156: a second connection looks, while four sign-ins wait for Slack."""
    from social_core.backends.open_id_connect import OpenIdConnectAuth

    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    backs = [(who, who.agree(who.start())) for who in (Visitor(application, ACME) for _ in range(4))]
    slack.control.fault("hang", method, seconds=1)
    threads = [threading.Thread(target=who.get, args=(back,)) for who, back in backs]
    for thread in threads:
        thread.start()
    seen = _watch(engine, threads)
    for thread in threads:
        thread.join()
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    assert seen >= 10
    assert rows.outcomes == ["slack_unavailable"] * 4


def _watch(engine: Engine, threads: list[threading.Thread]) -> int:
    """Look again and again from when all wait until one is done; how often it was looked."""
    time.sleep(0.3)
    seen = 0
    end = time.monotonic() + 0.5
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as second:
        while time.monotonic() < end:
            assert all(thread.is_alive() for thread in threads)
            assert second.execute(OPEN_TRANSACTIONS).all() == []
            seen += 1
            time.sleep(0.02)
    return seen


def test_all_calls_together_have_one_deadline(acme: Any, alice: Any, slack: Any, refused: Any) -> None:
    """S156: 1.5 s for the token and 1.5 s for the keys are more than two together (the deadline here)."""
    from social_core.backends.open_id_connect import OpenIdConnectAuth

    back = acme.agree(acme.start())
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    slack.control.settings(latency_ms=1500)
    begun = time.monotonic()
    refused(acme.get(back), "slack_unavailable")
    assert 1.8 < time.monotonic() - begun < 2.6
    slack.control.settings(latency_ms=0)
    assert acme.sign_in().status_int == 303


def test_redis_is_not_needed_to_sign_in(acme: Any, alice: Any, application: Any) -> None:
    """S154: nothing listens where these tests' Redis should be; see also test_at_the_host.py."""
    assert application.registry.cocoom_slack.settings.redis_url.get_secret_value() == "redis://127.0.0.1:1/0"
    begun = time.monotonic()
    assert acme.sign_in().status_int == 303
    assert time.monotonic() - begun < 2
