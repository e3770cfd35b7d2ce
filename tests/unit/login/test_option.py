from __future__ import annotations

import pytest

from cocoom_slack_plugin.login.option import leads_to


@pytest.mark.parametrize(
    ("slack", "origins"),
    [
        ("https://slack.com", ("https://slack.com", "https://*.slack.com")),
        ("https://slack-gov.com", ("https://slack-gov.com", "https://*.slack-gov.com")),
        ("http://127.0.0.1:8080", ("http://127.0.0.1:8080",)),
        ("http://localhost:8080", ("http://localhost:8080",)),
    ],
)
def test_where_the_button_leads(slack: str, origins: tuple[str, ...]) -> None:
    assert leads_to(slack) == origins
