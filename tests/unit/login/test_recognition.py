from __future__ import annotations

import pytest

from cocoom_slack_plugin.login.recognition import same_mailbox


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@b.example", "A@B.Example", True),
        ("é@b.example", "É@b.example", False),
        ("strasse@b.example", "straße@b.example", False),
        ("kim@b.example", "\u212aim@b.example", False),  # KELVIN SIGN lowers to k
        ("mike@b.example", "m\u0131ke@b.example", False),  # dotless i
        ("a@b.example", "a@b.example ", False),
        ("a@b.example", "\ud800@b.example", False),
    ],
)
def test_same_mailbox(one: str, other: str, same: bool) -> None:
    assert same_mailbox(one, other) is same
