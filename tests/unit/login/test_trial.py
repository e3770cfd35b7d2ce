from __future__ import annotations

import pytest

from cocoom_slack_plugin.login.trial import masked


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("alice@acme.example", "a***@acme.example"),
        ("al@acme.example", "a***@acme.example"),
        ("a@acme.example", "***@acme.example"),
        ("@acme.example", "***@acme.example"),
        ("acme.example", "***@acme.example"),
        ('"a@b"@acme.example', '"***@acme.example'),
    ],
)
def test_masked(email: str, shown: str) -> None:
    assert masked(email) == shown
