"""What Slack asks of a manifest beyond its schema: parts that need each other (slack.md C)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.slack.manifests.checks import Problem
from demo.slack.manifests.schema import MANIFEST
from demo.slack.world.app import SIGN_IN_SCOPES

_NAMES = (
    "app_mentions:read channels:history channels:join channels:manage channels:read chat:write "
    "chat:write.customize chat:write.public commands files:read files:write groups:history groups:read "
    "groups:write im:history im:read im:write incoming-webhook links:read links:write metadata.message:read "
    "mpim:history mpim:read mpim:write pins:read pins:write reactions:read reactions:write team:read "
    "usergroups:read users.profile:read users:read users:read.email users:write"
)
BOT_SCOPES = frozenset(_NAMES.split())
"""The names a bot can ask for here. Slack has more; one that is misspelt is refused there too."""

EVENT_SCOPES = {
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "user_change": "users:read",
}


def problems(manifest: Any) -> list[Problem]:
    """Everything wrong with it, as ``apps.manifest.validate`` says it; empty when it is good."""
    errors: list[Problem] = []
    MANIFEST(manifest, "", errors)
    return errors or [{"message": message, "pointer": pointer} for pointer, message in _broken(manifest)]


def _broken(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {})
    bot = set(scopes.get("bot", ()))
    if bot and "bot_user" not in features:
        yield "/features/bot_user", "bot scopes require a bot user"
    if features.get("slash_commands") and "commands" not in bot:
        yield "/features/slash_commands", "requires_commands_bot_scope"
    yield from _misplaced(scopes)
    yield from _unheard(settings, bot)


def _misplaced(scopes: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for index, scope in enumerate(scopes.get("bot", ())):
        if scope in SIGN_IN_SCOPES:
            yield f"/oauth_config/scopes/bot/{index}", f"{scope} is a user scope"
        elif scope not in BOT_SCOPES:
            yield f"/oauth_config/scopes/bot/{index}", f"there is no scope {scope}"
    for index, scope in enumerate(scopes.get("user", ())):
        if scope not in SIGN_IN_SCOPES | BOT_SCOPES:
            yield f"/oauth_config/scopes/user/{index}", f"there is no scope {scope}"
    for kind in ("bot", "user"):
        if not set(scopes.get(f"{kind}_optional", ())) <= set(scopes.get(kind, ())):
            yield f"/oauth_config/scopes/{kind}_optional", f"must be among the {kind} scopes"


def _unheard(settings: dict[str, Any], bot: set[str]) -> Iterator[tuple[str, str]]:
    at = "/settings/event_subscriptions"
    wanted = settings.get("event_subscriptions", {})
    if wanted and not (wanted.get("request_url") or settings.get("socket_mode_enabled")):
        yield at, "requires a request_url or socket mode"
    for index, event in enumerate(wanted.get("bot_events", ())):
        if (scope := EVENT_SCOPES.get(event)) and scope not in bot:
            yield f"{at}/bot_events/{index}", f"{event} requires the bot scope {scope}"
