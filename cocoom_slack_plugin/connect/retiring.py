"""Ending a bot token at Slack that a base uses no more: only when nobody uses it any more, and with what came of it."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import SecretStr

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.disconnect import is_shared
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import SecretUnreadable, SlackError, SlackRefused
from cocoom_slack_plugin.notifications import under_way
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.slack_codes import INVALID_TOKEN

T = TypeVar("T")

UNDER_WAY_SECONDS = 60.0
"""Longer than any post takes; who is slower finds the token revoked, and its notices wait."""


class Fate(enum.StrEnum):
    """What became of a bot token."""

    REVOKED = "revoked"
    INVALID = "already_invalid"
    NONE = "no_token"
    SHARED = "shared"
    """Another base uses the same bot, so that it was left alone."""
    KEPT = "kept"
    """Nobody asked to revoke it."""
    SAME_BOT = "same_bot"
    """It works still, and revoking it would take the successor's bot out of its channels (slack.md B5)."""
    FAILED = "failed"
    """Slack could not be asked, or refused; or the stored token could not be opened."""


@dataclass(frozen=True, slots=True)
class Retired:
    """``code`` is Slack's or ours, where something did not work."""

    fate: Fate
    code: str | None = None


def revoke(runtime: Runtime, seen: Connection) -> Retired:
    """Revoke the bot token of this connection, once no worker uses it any more.

    Raises SlackError and SecretUnreadable when it cannot be.
    """
    if seen.sealed_bot_token is None:
        return Retired(Fate.NONE)
    with transaction(runtime.hooks) as dbsession:
        if is_shared(dbsession, seen):
            return Retired(Fate.SHARED)
    token = seen.open_secret(runtime.vault, SecretKind.BOT_TOKEN)
    under_way.wait_for(runtime.hooks, seen.tenant_id, UNDER_WAY_SECONDS)
    code = ask(runtime, lambda gateway: gateway.revoke(token))
    return Retired(Fate.INVALID if code else Fate.REVOKED, code)


def revoke_replaced(runtime: Runtime, old: Connection, now: Connection, wanted: bool | None) -> Retired:
    """Revoke the bot token that a connection had before it was given another one. Raises nothing.

    ``wanted`` says whether to; None means where this does the successor no harm.
    """
    if old.sealed_bot_token is None:
        return Retired(Fate.NONE)
    if wanted is False:
        return Retired(Fate.KEPT)
    try:
        token = old.open_secret(runtime.vault, SecretKind.BOT_TOKEN)
        same_bot = (old.team_id, old.bot_user_id) == (now.team_id, now.bot_user_id)
        if wanted is None and same_bot:
            code = ask(runtime, lambda gateway: _why_invalid(gateway, token))
            return Retired(Fate.INVALID, code) if code else Retired(Fate.SAME_BOT)
        return revoke(runtime, old)
    except (SlackError, SecretUnreadable) as error:
        return Retired(Fate.FAILED, error.code)


def ask(runtime: Runtime, question: Callable[[SlackGateway], Awaitable[T]]) -> T:
    """Ask Slack one thing, from code that waits for the answer."""

    async def answer() -> T:
        async with SlackGateway(runtime.settings) as gateway:
            return await question(gateway)

    return asyncio.run(answer())


async def _why_invalid(gateway: SlackGateway, token: SecretStr) -> str | None:
    """Slack's code for a token that does not work, None for one that does."""
    try:
        await gateway.auth_test(token)
    except SlackRefused as refused:
        if refused.code in INVALID_TOKEN:
            return refused.code
        raise
    return None
