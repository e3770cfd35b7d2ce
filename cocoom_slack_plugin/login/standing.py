"""Whether somebody is a guest of the workspace: asked of Slack with the bot token, where there is one (slack.md E2)."""

from __future__ import annotations

import asyncio
import queue
import threading

from pydantic import SecretStr

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.errors import SecretUnreadable, SlackError
from cocoom_slack_plugin.login.policy import Standing
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway, SlackUser
from cocoom_slack_plugin.slack_scopes import Scope

SCOPE = Scope.USERS_READ


def can_be_asked(connection: Connection) -> bool:
    """Whether this connection's bot token may read who people are, as far as we know."""
    return bool(connection.sealed_bot_token) and SCOPE in connection.scopes and connection.health == "ok"


def ask(runtime: Runtime, connection: Connection, slack_user_id: str, seconds: float) -> Standing:
    """What Slack says of this user within so many seconds. Every trouble means UNKNOWN; nothing is tried again.

    Call it outside any transaction. A thread of its own makes the call, as in ``exchange``: the caller leaves when its
    time is over, whatever a name look-up does, and an event loop of the host is not in the way.
    """
    if not can_be_asked(connection) or seconds <= 0:
        return Standing.UNKNOWN
    try:
        token = connection.open_secret(runtime.vault, SecretKind.BOT_TOKEN)
    except SecretUnreadable:
        return Standing.UNKNOWN
    answers: queue.SimpleQueue[SlackUser | None] = queue.SimpleQueue()

    def call() -> None:
        try:
            answers.put(asyncio.run(_ask(runtime, token, slack_user_id)))
        except Exception:  # the caller counts a missing answer as unknown, whatever the reason
            answers.put(None)

    threading.Thread(target=call, name="slack-standing", daemon=True).start()
    try:
        return _standing(answers.get(timeout=seconds), slack_user_id)
    except queue.Empty:
        return Standing.UNKNOWN


async def _ask(runtime: Runtime, token: SecretStr, slack_user_id: str) -> SlackUser | None:
    async with SlackGateway(runtime.settings) as gateway:
        try:
            return await gateway.user(token, slack_user_id)
        except SlackError:
            return None


def _standing(found: SlackUser | None, slack_user_id: str) -> Standing:
    # Somebody deactivated cannot have signed in to Slack just now: that answer is about another moment.
    if found is None or found.id != slack_user_id or found.deleted:
        return Standing.UNKNOWN
    return Standing.GUEST if found.is_guest else Standing.MEMBER
