"""``users.*``, ``team.info``, ``bots.info`` (slack.md E2)."""

from __future__ import annotations

from typing import Any

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.api.method import Answer, method
from demo.slack.api.objects import bot_profile, user_object
from demo.slack.api.paging import page, with_cursor
from demo.slack.rate_limits import Tier
from demo.slack.world.user import User


@method("users.list", Tier.TWO, "users:read")
def list_users(call: Call) -> Answer:
    """Deactivated people are listed too, marked ``deleted``."""
    team = call.team()
    users = list(team.users.values())
    if not call.text("limit") and len(users) > call.slack.settings.limit_required_above:
        raise SlackError("limit_required")
    shown, cursor = page(call, users, f"users of {team.id}")
    members = [_shown(call, user) for user in shown]
    return with_cursor({"ok": True, "members": members, "cache_ts": int(call.slack.clock.now())}, cursor)


@method("users.info", Tier.FOUR, "users:read")
def info(call: Call) -> Answer:
    wanted = call.required("user")
    for team in call.slack.world.teams_of(call.token):
        if wanted in team.users:
            return {"ok": True, "user": _shown(call, team.users[wanted])}
    raise SlackError("user_not_found")


@method("users.lookupByEmail", Tier.THREE, "users:read.email")
def lookup_by_email(call: Call) -> Answer:
    """Unknown and deactivated people get the same answer."""
    email = call.required("email")
    for team in call.slack.world.teams_of(call.token):
        user = team.user_with_email(email)
        if user is not None and not user.deleted:
            return {"ok": True, "user": _shown(call, user)}
    raise SlackError("users_not_found")


@method("team.info", Tier.THREE, "team:read")
def team_info(call: Call) -> Answer:
    team = call.team()
    shown = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
    enterprise = call.slack.world.enterprise_of(team)
    if enterprise is not None:
        shown |= {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name}
    return {"ok": True, "team": shown}


@method("bots.info", Tier.THREE, "users:read")
def bots_info(call: Call) -> Answer:
    wanted, team = call.required("bot"), call.team()
    for app in call.slack.world.apps.values():
        bot = app.bots.get(team.id)
        if bot is not None and bot.bot_id == wanted:
            return {"ok": True, "bot": bot_profile(bot.bot_id, app, team) | {"user_id": bot.user_id}}
    raise SlackError("bot_not_found")


def _shown(call: Call, user: User) -> dict[str, Any]:
    return user_object(user, call.token, call.slack.clock.now())
