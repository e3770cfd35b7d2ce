"""Orders about people: who exists, who agrees, who leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from demo.slack.control.order import order
from demo.slack.signin.approvals import CANCEL
from demo.slack.slack import Slack
from demo.slack.world.ids import new_id
from demo.slack.world.installation import deactivate, grant_user_token
from demo.slack.world.user import User


@order
def add_user(
    slack: Slack, team: str, real_name: str, email: str | None = None, id: str = "", **fields: Any
) -> str:
    owner = slack.world.team(team)
    name = fields.pop("name", real_name.lower().replace(" ", "."))
    user = User(id or new_id("U"), owner.id, name, real_name, email, **fields)
    owner.users[user.id] = user
    return user.id


@order
def change_user(slack: Slack, team: str, user: str, **fields: Any) -> None:
    """Any field of User."""
    found = slack.world.user(team, user)
    replace(found, **fields)
    for name, value in fields.items():
        setattr(found, name, value)
    found.updated = int(slack.clock.now())


@order
def deactivate_user(slack: Slack, team: str, user: str) -> None:
    deactivate(slack.world, slack.world.user(team, user))


@order
def join_channel(slack: Slack, team: str, channel: str, user: str) -> None:
    slack.world.channel(team, channel).members.add(user)


@order
def leave_channel(slack: Slack, team: str, channel: str, user: str) -> None:
    slack.world.channel(team, channel).members.discard(user)


@order
def user_token(slack: Slack, app: str, team: str, user: str, scopes: list[str]) -> str:
    """An ``xoxp-`` token, as if the person had agreed."""
    found = slack.world.app_called(app)
    return grant_user_token(slack.world, found, slack.world.user(team, user), frozenset(scopes)).value


@order
def approve_as(slack: Slack, user: str, team: str = "", app: str = "*") -> None:
    """From now on that person agrees at once, even one of another workspace: no page is shown."""
    app_id = app if app == "*" else slack.world.app_called(app).id
    team_id = team or (slack.world.apps[app_id].team_id if app_id != "*" else "")
    slack.approvals.set(app_id, slack.world.user(team_id, user).team_id, user)


@order
def cancel_sign_in(slack: Slack, app: str = "*") -> None:
    """From now on everybody presses Cancel."""
    slack.approvals.set(app if app == "*" else slack.world.app_called(app).id, "", CANCEL)


@order
def ask_people(slack: Slack) -> None:
    """No more answers given in advance: the consent page is shown again."""
    slack.approvals.clear()
