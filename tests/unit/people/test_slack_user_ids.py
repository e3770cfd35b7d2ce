"""A Slack user, typed or pasted."""

from __future__ import annotations

import pytest

from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.people.slack_user_id import slack_user_id


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("U0BOB", "U0BOB"),
        (" W0WALTER\n", "W0WALTER"),
        ("https://acme.slack.com/team/U0BOB", "U0BOB"),
        ("https://acme.slack.com/team/U0BOB/?from=mail#top", "U0BOB"),
        ("https://acme.slack.com/user/@U0BOB", "U0BOB"),
        ("https://app.slack.com/client/T0ACME/user_profile/U0BOB", "U0BOB"),
    ],
)
def test_an_id_or_a_link_is_understood(given: str, found: str) -> None:
    assert slack_user_id(given) == found


@pytest.mark.parametrize(
    "given",
    [
        "",
        "bob",
        "@bob",
        "C0NEWS",
        "U",
        "u0bob",
        "U0BOB U0ALICE",
        "bob@acme.example",
        "https://acme.slack.com/",
    ],
)
def test_anything_else_is_told_what_to_paste(given: str) -> None:
    with pytest.raises(InvalidInput, match="Slack user: paste the id"):
        slack_user_id(given)
