"""Who Slack is, is decided by its certificate (security.md S53)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from .tls import Authority, serving
from .visitor import query_of

HOST = "slack.test"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Trusted by this process, as an operator's company proxy would be; and ``slack.test`` is this machine."""
    made = Authority(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.bundle))
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *given, **named: real("127.0.0.1" if host == HOST else host, *given, **named),
    )
    return made


@pytest.fixture
def slack_at(application: Any) -> Callable[[int], None]:
    """Let the application take this TLS server for Slack."""

    def move(port: int) -> None:
        runtime = application.registry.cocoom_slack
        settings = runtime.settings.model_copy(update={"slack_url": f"https://{HOST}:{port}"})
        application.registry.cocoom_slack = replace(runtime, settings=settings)

    return move


def _come_back(acme: Any) -> Any:
    state = query_of(acme.start())["state"]
    return acme.get(f"/oidc?code=x&state={state}")


def test_a_certificate_for_slacks_name_is_taken(
    acme: Any, authority: Authority, slack_at: Any, rows: Any
) -> None:
    """S53: the counter-check of the tests below: the secret does arrive at a server that can prove its name."""
    with serving(authority.certificate(HOST)) as (port, heard):
        slack_at(port)
        assert _come_back(acme).status_int == 503
    assert rows.outcomes == ["bad_answer"]
    assert b"client_secret=acme-client-secret" in heard[0]


@pytest.mark.parametrize(
    ("name", "ends_in"),
    [
        ("evil.test", timedelta(days=1)),
        ("slack.test.evil.test", timedelta(days=1)),
        ("*.slack.test", timedelta(days=1)),
        ("*.test", timedelta(days=-1)),
        (HOST, timedelta(days=-1)),
    ],
)
def test_a_trusted_certificate_that_is_not_slacks_is_refused(
    acme: Any, authority: Authority, slack_at: Any, refused: Any, name: str, ends_in: timedelta
) -> None:
    """S53: another host's name, or an expired one; nothing is sent."""
    with serving(authority.certificate(name, ends_in=ends_in)) as (port, heard):
        slack_at(port)
        answer = _come_back(acme)
    refused(answer, "tls")
    assert heard == []


def test_a_certificate_of_an_authority_nobody_trusts_is_refused(
    acme: Any, authority: Authority, slack_at: Any, refused: Any, tmp_path: Path
) -> None:
    """S53"""
    (tmp_path / "other").mkdir()
    with serving(Authority(tmp_path / "other").certificate(HOST)) as (port, heard):
        slack_at(port)
        refused(_come_back(acme), "tls")
    assert heard == []


def test_it_is_the_check_of_the_certificate_that_refuses(
    acme: Any, authority: Authority, slack_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S53, as a mutation: without the check the wrong server gets the secret."""
    real = requests.Session.send
    monkeypatch.setattr(
        requests.Session,
        "send",
        lambda self, *given, **named: real(self, *given, **{**named, "verify": False}),
    )
    monkeypatch.setattr("urllib3.connectionpool.warnings.warn", lambda *given, **named: None)
    with serving(authority.certificate("evil.test")) as (port, heard):
        slack_at(port)
        _come_back(acme)
    assert b"client_secret=acme-client-secret" in heard[0]
