"""Nothing that looks like a secret survives in a log record (security.md E3)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from cocoom_slack_plugin.redaction import LOGGERS, MASK, Redaction, masked, redact_logs

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
SECRETS = [
    "xoxb-demo-acme",
    "xoxp-demo-acme",
    "xoxa-demo-acme",
    "xoxs-demo-acme",
    "xoxe-demo-acme",
    "xoxe.xoxb-demo-acme",
    "xoxe.xoxp-demo-acme",
    "xapp-demo-acme",
    JWT,
    "https://hooks.slack.com/services/T0DEMO/B0DEMO/demo",
    "Bearer demo-acme-token",
    "bearer demo+acme/token==",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "before {} after", "'{}'", '{{"x": "{}"}}', "({})", "a={}&b=1"])
def test_everything_that_looks_like_a_secret_is_masked(secret: str, around: str) -> None:
    text = masked(around.format(secret))
    assert secret not in text
    assert secret.split()[-1] not in text
    assert MASK in text


@pytest.mark.parametrize(
    "key",
    [
        "client_secret",
        "signing_secret",
        "id_token",
        "access_token",
        "refresh_token",
        "code",
        "state",
        "password",
        "token",
        "CLIENT_SECRET",
    ],
)
@pytest.mark.parametrize("form", ["{}=hush", '"{}": "hush"', "'{}': 'hush'", "{} = hush", "?a=1&{}=hush&b=2"])
def test_the_values_of_telling_keys_are_masked(key: str, form: str) -> None:
    text = masked(form.format(key))
    assert "hush" not in text
    assert MASK in text


@pytest.mark.parametrize(
    "text", ["", "lane 5 of tenant acme", "T0ACME posted to C0NEWS", "https://slack.com/api/"]
)
def test_ordinary_text_stays(text: str) -> None:
    assert masked(text) == text


@pytest.fixture
def logger() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    written = io.StringIO()
    logger = logging.getLogger("a.logger.of.this.test")
    handler = logging.StreamHandler(written)
    logger.addHandler(handler)
    logger.addFilter(Redaction())
    yield logger, written
    logger.handlers.clear()
    logger.filters.clear()


def test_arguments_are_masked(logger: tuple[logging.Logger, io.StringIO]) -> None:
    log, written = logger
    log.warning("sent %s to %r", "xoxb-demo-acme", {"client_secret": "hush"})
    assert "xoxb" not in written.getvalue()
    assert "hush" not in written.getvalue()


def test_tracebacks_are_masked(logger: tuple[logging.Logger, io.StringIO]) -> None:
    log, written = logger
    try:
        raise ValueError("refused: Authorization: Bearer demo-acme-token")
    except ValueError:
        log.exception("failed")
    assert "ValueError" in written.getvalue()
    assert "demo-acme-token" not in written.getvalue()


def test_stacks_are_masked(logger: tuple[logging.Logger, io.StringIO]) -> None:
    log, written = logger
    log.warning("where", stack_info=True)  # xoxb-demo-acme
    assert "Stack (most recent call last)" in written.getvalue()
    assert "xoxb-demo-acme" not in written.getvalue()


def test_a_record_that_cannot_be_formatted_breaks_nobody(logger: tuple[logging.Logger, io.StringIO]) -> None:
    """A logger's filter runs outside the handlers' safety net: what it raised would reach who logged."""
    log, written = logger
    log.warning("%d lanes", "xoxb-demo-acme")
    assert "lanes" in written.getvalue()
    assert "xoxb" not in written.getvalue()


def test_the_filter_is_put_on_every_logger_once() -> None:
    child = logging.getLogger("cocoom_slack_plugin.some.module")
    for _ in range(2):
        redact_logs()
    for name in (*LOGGERS, child.name):
        filters = [each for each in logging.getLogger(name).filters if isinstance(each, Redaction)]
        assert len(filters) == 1, name


def test_the_loggers_that_the_sdk_makes_only_when_it_is_used_are_covered_too() -> None:
    from slack_sdk.web.async_client import AsyncWebClient

    redact_logs()
    client = AsyncWebClient("xoxb-demo-acme")
    assert any(isinstance(each, Redaction) for each in client._logger.filters), client._logger.name
    for name in ("slack_sdk.web.async_slack_response", "slack_sdk.web.async_base_client"):
        assert any(isinstance(each, Redaction) for each in logging.getLogger(name).filters), name
