"""The addresses of the pages: workspaces, a channel, a person's direct messages, a person's Home tab."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from demo.slack.pages.conversation import beside, days, names_in
from demo.slack.pages.mrkdwn import plain, rendered
from demo.slack.pages.rendering import page
from demo.slack.slack import Slack
from demo.slack.state import SLACK
from demo.slack.world.channel import Channel
from demo.slack.world.team import Team
from demo.slack.world.user import User

_REFRESH = 4
"""Seconds between refreshes of a page opened with ``?live=1``."""


def page_routes() -> list[web.RouteDef]:
    return [
        web.get("/", workspaces),
        web.get("/team/{team}", workspace),
        web.get("/team/{team}/channel/{channel}", channel_page),
        web.get("/team/{team}/beside/{left}/{right}", beside_each_other),
        web.get("/team/{team}/user/{user}", direct_messages),
        web.get("/team/{team}/user/{user}/home", home),
        web.get("/requests", recent_requests),
    ]


async def workspaces(request: web.Request) -> web.Response:
    slack = request.app[SLACK]
    return page("workspaces.html", teams=list(slack.world.teams.values()), slack=slack, posts=_posts)


async def workspace(request: web.Request) -> web.Response:
    team = _team(request)
    first = next((c for c in _channels(team) if not c.is_archived), None)
    if first is None:
        raise web.HTTPNotFound(text="this workspace has no channel")
    raise web.HTTPFound(f"/team/{team.id}/channel/{first.id}")


async def channel_page(request: web.Request) -> web.Response:
    """By id or name."""
    team = _team(request)
    channel = _channel(request, team, "channel")
    frame = _frame(request, team, f"channel/{channel.id}")
    return page("channel.html", **frame, **_conversation(request, team, [channel]), user=None)


async def beside_each_other(request: web.Request) -> web.Response:
    """Two channels, message by message: what differs is seen at a glance."""
    team, world = _team(request), request.app[SLACK].world
    left, right = (_channel(request, team, side) for side in ("left", "right"))
    frame = _frame(request, team, f"beside/{left.id}/{right.id}")
    return page("beside.html", **frame, left=left, right=right, pairs=beside(world, team, left, right))


async def direct_messages(request: web.Request) -> web.Response:
    team = _team(request)
    user = _user(request, team)
    found = [team.channels[direct] for (_, other), direct in team.direct_messages.items() if other == user.id]
    frame = _frame(request, team, f"user/{user.id}", user)
    return page("channel.html", **frame, **_conversation(request, team, found, user), user=user)


async def home(request: web.Request) -> web.Response:
    """The app's Home tab, as last published for this person."""
    team = _team(request)
    user = _user(request, team)
    views = [(app, view) for (app, owner), view in team.views.items() if owner == user.id]
    apps = request.app[SLACK].world.apps
    published = [(apps[app].name, view["blocks"]) for app, view in views]
    frame = _frame(request, team, f"user/{user.id}", user)
    return page("home.html", **frame, user=user, published=published)


async def recent_requests(request: web.Request) -> web.Response:
    """The last API requests; tokens are never shown, only their kind."""
    slack = request.app[SLACK]
    return page("requests.html", recent=list(slack.recorder.requests)[:-101:-1], counts=slack.recorder.calls)


def _frame(request: web.Request, team: Team, here: str, reader: User | None = None) -> dict[str, Any]:
    """What the sidebar and the block macros need; ``here`` is the page's place in the workspace."""
    names = names_in(team, reader)
    live, fallback = request.query.get("live") == "1", request.query.get("fallback") == "1"
    switches = [name for name, on in (("live", live), ("fallback", fallback)) if on]
    return {
        "team": team,
        "teams": list(request.app[SLACK].world.teams.values()),
        "channels": _channels(team),
        "people": [user for user in team.people() if not user.deleted],
        "here": f"/team/{team.id}/{here}",
        "refresh": _REFRESH if live else None,
        "live": live,
        "fallback": fallback,
        "suffix": "".join(f"{'&' if n else '?'}{name}=1" for n, name in enumerate(switches)),
        "mrkdwn": lambda text: rendered(text, names),
        "plain": plain,
    }


def _conversation(
    request: web.Request, team: Team, channels: list[Channel], reader: User | None = None
) -> dict[str, Any]:
    world = request.app[SLACK].world
    shown = [day for channel in channels for day in days(world, team, channel, reader=reader)]
    return {"channel": channels[0] if channels else None, "days": shown}


def _team(request: web.Request) -> Team:
    wanted = request.match_info["team"]
    teams = request.app[SLACK].world.teams
    team = teams.get(wanted) or next((t for t in teams.values() if t.domain == wanted), None)
    if team is None:
        raise web.HTTPNotFound(text=f"no workspace {wanted}")
    return team


def _channel(request: web.Request, team: Team, part: str) -> Channel:
    """By id or name, as this part of the address has it."""
    wanted = request.match_info[part]
    channel = team.channels.get(wanted) or team.channel_named(wanted)
    if channel is None:
        raise web.HTTPNotFound(text=f"no channel {wanted} in {team.name}")
    return channel


def _user(request: web.Request, team: Team) -> User:
    user = team.users.get(request.match_info["user"])
    if user is None:
        raise web.HTTPNotFound(text=f"no such person in {team.name}")
    return user


def _channels(team: Team) -> list[Channel]:
    named = [channel for channel in team.channels.values() if not channel.is_im]
    return sorted(named, key=lambda channel: (channel.is_archived, not channel.is_general, channel.name))


def _posts(slack: Slack, team: Team) -> int:
    return sum(channel.history.count for channel in slack.world.teams[team.id].channels.values())
