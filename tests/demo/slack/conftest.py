"""For each test a fresh, seeded Slack in a thread; the slowly made signing keys are shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from demo.slack.control import Control
from demo.slack.seed import seeded
from demo.slack.signin.keys import SigningKey
from demo.slack.thread import SlackThread

from .browser import ACME_CALLBACK, GLOBEX_CALLBACK, Browser

KEYS = [SigningKey(), SigningKey()]


@pytest.fixture
def it() -> Iterator[SlackThread]:
    """Without rate limits; a test about them puts them back."""
    slack = seeded(acme_redirects=[ACME_CALLBACK], globex_redirects=[GLOBEX_CALLBACK])
    slack.keys.keys = list(KEYS)
    slack.rate_limits.limits.enabled = False
    with SlackThread(slack) as thread:
        yield thread


@pytest.fixture
def control(it: SlackThread) -> Control:
    return it.control


@pytest.fixture
def client(it: SlackThread) -> Callable[..., WebClient]:
    """A client for a token; Acme's bot unless told otherwise."""

    def make(token: str = "xoxb-demo-acme", timeout: int = 5) -> WebClient:
        return WebClient(token, base_url=it.api_url, retry_handlers=[], timeout=timeout)

    return make


@pytest.fixture
def acme(client: Callable[..., WebClient]) -> WebClient:
    return client()


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """The body of the refusal a call meets."""

    def catch(call: Callable[..., Any], *arguments: Any, **named: Any) -> dict[str, Any]:
        with pytest.raises(SlackApiError) as caught:
            call(*arguments, **named)
        return dict(caught.value.response.data)

    return catch


@pytest.fixture
def browser(it: SlackThread) -> Browser:
    return Browser(it.url)
