"""What somebody pastes is recognised, or they are told what it is and where the right one is found."""

from __future__ import annotations

import pytest

from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.errors import InvalidInput


def test_a_bot_token_is_taken_without_the_spaces_around_it() -> None:
    token = credentials.bot_token("  xoxb-demo-acme\n")
    assert token.get_secret_value() == "xoxb-demo-acme"
    assert "demo" not in repr(token)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("xoxp-demo-acme", "this is a user token"),
        ("xapp-demo-acme", "this is an app-level token"),
        ("xoxe-demo-acme", "this is a refresh token"),
        ("xoxe.xoxb-demo-acme", "this is a rotating token: switch token rotation off"),
        ("xoxe.xoxp-demo-acme", "this is a configuration token"),
        ("xoxb-", "this looks cut off"),
        ("xoxb", "this looks cut off"),
        ("xoxb-demo acme", "this looks cut off"),
        ("xoxb-démo-acme", "this looks cut off"),
        ("demo-acme", "this is no bot token"),
        ("", "this is no bot token"),
        ("Bearer xoxb-demo-acme", "leave out “Bearer”"),
        ("bearer xoxb-demo-acme", "leave out “Bearer”"),
    ],
)
def test_another_token_is_called_by_its_name_and_not_repeated(given: str, what: str) -> None:
    """B17"""
    with pytest.raises(InvalidInput) as caught:
        credentials.bot_token(given)
    assert caught.value.field == "bot token"
    assert what in caught.value.problem
    assert "demo" not in str(caught.value)
    assert "xoxb-" in str(caught.value)


@pytest.mark.parametrize(
    "given", ["abc", "123", "123.", ".456", "123.456.7", "123,456", "A0ACME", "", "１２.３"]
)
def test_what_is_no_client_id_is_told_its_form(given: str) -> None:
    """B14"""
    with pytest.raises(
        InvalidInput, match=r"client id: it looks like 123456\.7890123 and is on “Basic Information”"
    ):
        credentials.client_id(given)


def test_client_ids() -> None:
    assert credentials.client_id(" 123.456 ") == "123.456"


@pytest.mark.parametrize(
    "given", ["short", "two words of a secret", "xoxb-demo-acme-client", "é" * 32, "a" * 129, ""]
)
def test_what_is_no_client_secret_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="client secret: it is one word of letters and digits") as caught:
        credentials.client_secret(given)
    assert not given or given not in str(caught.value)


def test_client_secrets() -> None:
    assert credentials.client_secret(" acme-client-secret ").get_secret_value() == "acme-client-secret"


@pytest.mark.parametrize("given", ["a" * 31, "a" * 65, "g" * 32, "t0acme-signing-secret", "", "é" * 32])
def test_what_is_no_signing_secret_is_told_the_rule(given: str) -> None:
    """B21"""
    with pytest.raises(InvalidInput, match="signing secret: it is 32 hexadecimal digits") as caught:
        credentials.signing_secret(given)
    assert not given or given not in str(caught.value)


def test_signing_secrets() -> None:
    assert credentials.signing_secret(" " + "0Aa" * 11 + "\n").get_secret_value() == "0Aa" * 11


@pytest.mark.parametrize("given", ["acme", "t0acme", "E0ACME", "T", "T0-ACME", "https://acme.slack.com", ""])
def test_what_is_no_workspace_is_told_its_form(given: str) -> None:
    with pytest.raises(InvalidInput, match="workspace: it looks like T01ABCDEF"):
        credentials.team_id(given)


def test_workspaces() -> None:
    assert credentials.team_id(" T0ACME ") == "T0ACME"


@pytest.mark.parametrize(
    "given",
    [
        "C0NEWS",
        " C0NEWS ",
        "https://acme.slack.com/archives/C0NEWS",
        "https://app.slack.com/client/T0ACME/C0NEWS/",
    ],
)
def test_a_channel_is_taken_as_id_or_link(given: str) -> None:
    """B23"""
    assert credentials.channel_id(given) == "C0NEWS"


@pytest.mark.parametrize(
    "given", ["#general", "general", "c0news", "U0ALICE", "D0DIRECT", "C", "", "C0NEWS; DROP"]
)
def test_what_is_no_channel_is_told_what_to_paste(given: str) -> None:
    """B23"""
    with pytest.raises(InvalidInput, match="channel: paste the channel's id"):
        credentials.channel_id(given)
