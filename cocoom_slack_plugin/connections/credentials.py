"""What somebody typed in as credentials: recognised, or told what it is and where the right one is found."""

from __future__ import annotations

import re

from pydantic import SecretStr

from cocoom_slack_plugin.errors import InvalidInput

OAUTH_PAGE = "“OAuth & Permissions” of the app"
BASIC_PAGE = "“Basic Information” of the app"

_OTHER_TOKENS = {
    "xoxp-": "is a user token",
    "xapp-": "is an app-level token",
    "xoxe.xoxb-": "is a rotating token: switch token rotation off for this app",
    "xoxe.xoxp-": "is a configuration token",
    "xoxe-": "is a refresh token",
    "xoxb": "looks cut off",
}


def bot_token(given: str) -> SecretStr:
    """A bot token (``xoxb-...``). Raises InvalidInput that says which token it is instead (slack.md B2)."""
    token = given.strip()
    if token.lower().startswith("bearer "):
        raise InvalidInput("bot token", "leave out “Bearer”: the token itself starts with xoxb-")
    if not re.fullmatch(r"xoxb-[A-Za-z0-9-]{3,}", token):
        kind = next(
            (text for prefix, text in _OTHER_TOKENS.items() if token.startswith(prefix)), "is no bot token"
        )
        raise InvalidInput(
            "bot token", f"this {kind}; the bot token starts with xoxb- and is on {OAUTH_PAGE}"
        )
    return SecretStr(token)


def client_id(given: str) -> str:
    """A client id (``123.456``). Raises InvalidInput."""
    if not re.fullmatch(r"[0-9]+\.[0-9]+", given.strip()):
        raise InvalidInput("client id", f"it looks like 123456.7890123 and is on {BASIC_PAGE}")
    return given.strip()


def client_secret(given: str) -> SecretStr:
    """A client secret: 32 hexadecimal digits or so. Raises InvalidInput for what can only be something else."""
    secret = given.strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,128}", secret) or secret.startswith(("xox", "xapp")):
        raise InvalidInput("client secret", f"it is one word of letters and digits, shown on {BASIC_PAGE}")
    return SecretStr(secret)


def signing_secret(given: str) -> SecretStr:
    """A signing secret. Raises InvalidInput for what is not hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-fA-F]{32,64}", given.strip()):
        raise InvalidInput("signing secret", f"it is 32 hexadecimal digits, shown on {BASIC_PAGE}")
    return SecretStr(given.strip())


def team_id(given: str) -> str:
    """A workspace id (``T...``). Raises InvalidInput."""
    if not re.fullmatch(r"T[A-Z0-9]{2,20}", given.strip()):
        raise InvalidInput("workspace", "it looks like T01ABCDEF and is in the address of Slack's web client")
    return given.strip()


def channel_id(given: str) -> str:
    """A channel id (``C...`` or ``G...``), also from a pasted link. Raises InvalidInput."""
    last = given.strip().rstrip("/").rpartition("/")[2]
    if not re.fullmatch(r"[CG][A-Z0-9]{2,20}", last):
        raise InvalidInput("channel", "paste the channel's id (C01ABCDEF) or its link: “Copy link” in Slack")
    return last
