"""A Slack user as somebody typed or pasted them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cocoom_slack_plugin.errors import InvalidInput

FIELD = "Slack user"


def slack_user_id(given: str) -> str:
    """A Slack user's id (``U...`` or ``W...``), also from the link to their profile. Raises InvalidInput."""
    last = urlsplit(given.strip()).path.rstrip("/").rpartition("/")[2].removeprefix("@")
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", last):
        raise InvalidInput(
            FIELD, "paste the id (U01ABCDEF) or the link of the profile: “Copy member ID” in Slack"
        )
    return last
