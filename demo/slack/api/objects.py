"""Messages, conversations and people in the shapes Slack returns (slack.md D1, E2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from demo.slack.world.app import App, Token
from demo.slack.world.channel import Channel
from demo.slack.world.message import Message
from demo.slack.world.team import Team
from demo.slack.world.user import User


def message_object(message: Message, team: Team, app: App, *, metadata: bool = True) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": "message", "text": message.text, "user": message.user}
    if message.deleted:
        shown["subtype"] = "tombstone"
    elif message.username:
        shown |= {"subtype": "bot_message", "username": message.username}
    elif message.is_reply and message.reply_broadcast:
        shown["subtype"] = "thread_broadcast"
    shown |= {"ts": message.ts, "team": team.id, "app_id": message.app_id}
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "bot_profile": bot_profile(message.bot_id, app, team)}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.thread_ts is not None:
        shown["thread_ts"] = message.thread_ts
    if message.is_reply:
        shown["parent_user_id"] = message.user
    if message.edited:
        shown["edited"] = message.edited
    if metadata and message.metadata is not None:
        shown["metadata"] = message.metadata
    return shown


def bot_profile(bot_id: str, app: App, team: Team) -> dict[str, Any]:
    profile = {"id": bot_id, "app_id": app.id, "name": app.name, "icons": {}, "deleted": False}
    return profile | {"updated": 0, "team_id": team.id}


def channel_object(channel: Channel, team: Team, user_id: str) -> dict[str, Any]:
    """As seen by the bot or person asking."""
    if channel.is_im:
        return _direct_message_object(channel)
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "is_member": user_id in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": team.id,
        "created": channel.created,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
    }


def _direct_message_object(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "created": channel.created,
        "is_im": True,
        "is_archived": False,
        "is_org_shared": False,
        "user": channel.user,
    }


def user_object(user: User, token: Token, now: float) -> dict[str, Any]:
    """``now`` decides between winter and summer time (slack.md E2)."""
    shown: dict[str, Any] = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
    }
    shown |= {"real_name": user.real_name, "locale": user.locale, **_time_zone(user, now)}
    shown |= {"profile": _profile(user, token), "color": "9f69e7"}
    shown |= {"is_admin": user.is_admin, "is_owner": False, "is_primary_owner": False}
    shown |= {"is_restricted": user.is_restricted, "is_ultra_restricted": user.is_ultra_restricted}
    shown |= {"is_bot": user.is_bot, "is_app_user": False, "updated": user.updated}
    if user.enterprise_id:
        shown["enterprise_user"] = {
            "id": user.id,
            "enterprise_id": user.enterprise_id,
            "teams": [user.team_id],
        }
    return shown


def _time_zone(user: User, now: float) -> dict[str, Any]:
    """The IANA's name, its name in words and the distance to UTC in seconds."""
    moment = datetime.fromtimestamp(now, ZoneInfo(user.tz))
    offset = moment.utcoffset() or timedelta()
    label = get_timezone_name(moment, locale="en")
    return {"tz": user.tz, "tz_label": label, "tz_offset": int(offset.total_seconds())}


def _profile(user: User, token: Token) -> dict[str, Any]:
    """The e-mail address only with ``users:read.email``."""
    images = {f"image_{size}": user.image(size) for size in (24, 32, 48, 72, 192, 512)}
    profile: dict[str, Any] = {"display_name": user.name, "real_name": user.real_name, "title": user.title}
    profile |= {"display_name_normalized": _normalized(user.name), "team": user.team_id}
    profile |= {"real_name_normalized": _normalized(user.real_name), "phone": "", "skype": ""}
    profile |= {"status_text": "", "status_emoji": "", "status_expiration": 0}
    profile |= {"first_name": user.given_name, "last_name": user.family_name, **images}
    if user.email and "users:read.email" in token.scopes:
        profile["email"] = user.email
    return profile


def _normalized(name: str) -> str:
    """Without accents, as Slack keeps names beside the written ones."""
    return "".join(sign for sign in normalize("NFKD", name) if not combining(sign))
