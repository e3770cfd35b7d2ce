"""Connecting again with another workspace: what that means, to be said before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.switches import Function


@dataclass(frozen=True, slots=True)
class WorkspaceChange:
    """From one workspace to another. ``new_name`` is empty where no bot token tells it.

    ``dropped`` are the functions that stop: their credentials belong to the old workspace's app, and none were given
    for the new one.
    """

    old_id: str
    old_name: str
    new_id: str
    new_name: str
    dropped: tuple[Function, ...]


def without_old(has_bot: bool, has_client: bool) -> dict[str, Any]:
    """The columns that leave with the old workspace, for what is not given anew."""
    empty: dict[str, Any] = {f"sealed_{SecretKind.SIGNING_SECRET}": None}
    if not has_bot:
        empty |= {
            f"sealed_{SecretKind.BOT_TOKEN}": None,
            "bot_token_fingerprint": None,
            "team_name": "",
            "team_url": "",
            "enterprise_id": None,
            "app_id": None,
            "bot_user_id": None,
            "scopes": [],
            "notifications_enabled": False,
        }
    if not has_client:
        empty |= {f"sealed_{SecretKind.CLIENT_SECRET}": None, "client_id": None, "login_enabled": False}
    return empty


def dropped(seen: Connection, has_bot: bool, has_client: bool) -> tuple[Function, ...]:
    """The functions that are on and stop."""
    stays = {Function.LOGIN: has_client, Function.NOTIFICATIONS: has_bot}
    return tuple(each for each in Function if seen.is_enabled(each) and not stays[each])
