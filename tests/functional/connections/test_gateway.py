"""The gateway over real HTTP: every answer becomes a value or one of four errors, and none holds the token."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr

from cocoom_slack_plugin.errors import (
    SlackError,
    SlackRateLimited,
    SlackRefused,
    SlackUnavailable,
    SlackUncertain,
)
from cocoom_slack_plugin.settings import EXAMPLE_KEY, Settings
from cocoom_slack_plugin.slack import Message, SlackGateway
from demo.slack.control import Control

T = TypeVar("T")
TOKEN = SecretStr("xoxb-demo-acme")
HELLO = Message("Hello", [], {"event_type": "t", "event_payload": {"event_key": "e1"}})


def _settings(url: str) -> Settings:
    return Settings.model_validate(
        {
            "encryption_keys": f"k {EXAMPLE_KEY}",
            "redis_url": "redis://x",
            "slack_url": url,
            "slack_timeout": 1,
        }
    )


def _ask(url: str, question: Callable[[SlackGateway], Awaitable[T]]) -> T:
    async def run() -> T:
        async with SlackGateway(_settings(url)) as gateway:
            return await question(gateway)

    return asyncio.run(run())


def _post(gateway: SlackGateway) -> Awaitable[Any]:
    return gateway.post(TOKEN, "C0NEWS", HELLO)


def test_a_token_is_who_it_is(slack: Control) -> None:
    identity = _ask(slack.url, lambda gateway: gateway.auth_test(TOKEN))
    assert (identity.team_id, identity.team_name, identity.team_url) == (
        "T0ACME",
        "Acme",
        "https://acme.slack.com/",
    )
    assert (identity.user_id, identity.bot_id, identity.app_id) == ("U0ACMEBOT", "B0ACME", "A0ACME")
    assert {"chat:write", "users:read.email"} <= identity.scopes


def test_a_message_is_where_slack_put_it(slack: Control) -> None:
    posted = _ask(slack.url, _post)
    (message,) = slack.messages("T0ACME", "news")
    assert (posted.channel, posted.ts) == ("C0NEWS", message["ts"])
    direct = _ask(slack.url, lambda gateway: gateway.post(TOKEN, "U0BOB", HELLO))
    assert direct.channel.startswith("D")


def test_people_are_found_by_email_or_not(slack: Control) -> None:
    for email, found in (
        ("bob@acme.example", "U0BOB"),
        ("nobody@acme.example", None),
        ("leo@acme.example", None),
    ):
        assert _ask(slack.url, lambda gateway, e=email: gateway.user_by_email(TOKEN, e)) == found  # type: ignore[misc]


def test_a_client_is_known_by_its_secret(slack: Control) -> None:
    good = SecretStr("acme-client-secret")
    _ask(slack.url, lambda gateway: gateway.knows_client("1000000001.2000000001", good))
    with pytest.raises(SlackRefused, match="bad_client_secret"):
        _ask(slack.url, lambda gateway: gateway.knows_client("1000000001.2000000001", SecretStr("another")))


@pytest.mark.parametrize(
    ("kind", "fields", "error", "code"),
    [
        ("reset", {}, SlackUncertain, "no_answer"),
        ("reset_after", {}, SlackUncertain, "no_answer"),
        ("hang", {"seconds": 30}, SlackUncertain, "no_answer"),
        ("trickle", {"seconds": 0.2}, SlackUncertain, "no_answer"),
        ("server_error", {}, SlackUncertain, "http_500"),
        ("server_error", {"status": 503}, SlackUnavailable, "http_503"),
        ("server_error", {"status": 404}, SlackRefused, "http_404"),
        ("html", {}, SlackUncertain, "unreadable_answer"),
        ("empty", {}, SlackUncertain, "unreadable_answer"),
        ("json_list", {}, SlackUncertain, "unreadable_answer"),
        ("json_null", {}, SlackUncertain, "unreadable_answer"),
        ("truncated_after", {}, SlackUncertain, "unreadable_answer"),
        ("rewrite", {"drop": ["ok"]}, SlackUncertain, "unreadable_answer"),
        ("rewrite", {"drop": ["ts"]}, SlackUncertain, "unreadable_answer"),
        ("rewrite", {"merge": {"ts": 1.5}}, SlackUncertain, "unreadable_answer"),
        ("rewrite", {"merge": {"ok": False}}, SlackUncertain, "unreadable_answer"),
        ("rewrite", {"merge": {"ok": False, "error": ["x"]}}, SlackUncertain, "unreadable_answer"),
        (
            "rewrite",
            {"merge": {"ok": False, "error": "a sentence, <b>"}},
            SlackUncertain,
            "unreadable_answer",
        ),
        ("redirect", {}, SlackRefused, "http_302"),
        ("redirect", {"status": 308}, SlackRefused, "http_308"),
        ("error", {"code": "internal_error"}, SlackUncertain, "internal_error"),
        ("error", {"code": "service_unavailable"}, SlackUnavailable, "service_unavailable"),
        ("error", {"code": "invalid_auth"}, SlackRefused, "invalid_auth"),
        ("error", {"code": "invalid_auth", "status": 401}, SlackRefused, "invalid_auth"),
        ("error", {"code": "new_error_2027"}, SlackRefused, "new_error_2027"),
        ("error", {"code": "ratelimited"}, SlackRateLimited, "ratelimited"),
        ("rate_limited", {}, SlackRateLimited, "ratelimited"),
    ],
)
def test_every_bad_answer_is_one_of_four_errors_after_one_request(
    slack: Control, kind: str, fields: dict[str, Any], error: type[SlackError], code: str
) -> None:
    slack.fault(kind, "chat.postMessage", **fields)
    with pytest.raises(error) as caught:
        _ask(slack.url, _post)
    assert type(caught.value) is error
    assert caught.value.code == code
    assert len(slack.requests("chat.postMessage")) == 1
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert "xoxb" not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_what_slack_says_of_the_blocks_is_kept(slack: Control) -> None:
    """B36: the pointer into the blocks."""
    with pytest.raises(SlackRefused) as caught:
        _ask(slack.url, lambda gateway: gateway.post(TOKEN, "C0NEWS", Message("x", [{"type": "nonsense"}])))
    assert caught.value.code.startswith("invalid_blocks")
    assert any("/blocks/0" in each for each in caught.value.detail)


def test_a_missing_scope_says_which(slack: Control) -> None:
    slack.set_token_scopes("xoxb-demo-acme", ["users:read"])
    with pytest.raises(SlackRefused) as caught:
        _ask(slack.url, _post)
    assert (caught.value.code, caught.value.needed) == ("missing_scope", "chat:write")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "https://slack.invalid"], ids=["nobody listens", "no such name"]
)
def test_a_slack_that_is_not_there_is_unavailable_and_nothing_happened(url: str) -> None:
    """F26"""
    settings_key = "k MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    async def run() -> None:
        settings = Settings.model_validate(
            {"encryption_keys": settings_key, "redis_url": "redis://x", "slack_url": url, "slack_timeout": 5}
        )
        async with SlackGateway(settings) as gateway:
            await _post(gateway)

    with pytest.raises(SlackUnavailable) as caught:
        asyncio.run(run())
    assert caught.value.code == "unreachable"


def test_a_certificate_that_nobody_vouches_for_is_told_apart(slack: Control) -> None:
    """F26: speaking TLS to a server that does not."""
    with pytest.raises(SlackError) as caught:
        _ask(slack.url.replace("http://", "https://"), _post)
    assert isinstance(caught.value, SlackUnavailable)


class TestRevoking:
    def test_a_token_that_works_is_ended(self, slack: Control) -> None:
        assert _ask(slack.url, lambda gateway: gateway.revoke(TOKEN)) is None
        with pytest.raises(SlackRefused, match="account_inactive"):
            _ask(slack.url, lambda gateway: gateway.auth_test(TOKEN))

    @pytest.mark.parametrize("code", ["account_inactive", "invalid_auth", "token_expired", "token_revoked"])
    def test_a_token_that_does_not_work_is_told_by_slacks_code(self, slack: Control, code: str) -> None:
        slack.fault("error", "auth.revoke", code=code)
        assert _ask(slack.url, lambda gateway: gateway.revoke(TOKEN)) == code

    @pytest.mark.parametrize("code", ["access_denied", "ekm_access_denied", "new_error_2027"])
    def test_another_no_is_raised(self, slack: Control, code: str) -> None:
        slack.fault("error", "auth.revoke", code=code)
        with pytest.raises(SlackRefused) as caught:
            _ask(slack.url, lambda gateway: gateway.revoke(TOKEN))
        assert caught.value.code == code

    @pytest.mark.parametrize(
        "fault", [{"drop": ["revoked"]}, {"merge": {"revoked": False}}], ids=["silent", "not"]
    )
    def test_a_yes_that_does_not_say_so_is_no_yes(self, slack: Control, fault: dict[str, Any]) -> None:
        slack.fault("rewrite", "auth.revoke", **fault)
        with pytest.raises(SlackUncertain, match="does not say that it revoked"):
            _ask(slack.url, lambda gateway: gateway.revoke(TOKEN))
