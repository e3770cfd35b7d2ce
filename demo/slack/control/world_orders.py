"""Orders that change what exists: workspaces, conversations, apps, tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from demo.slack.control.order import order
from demo.slack.loopback import check_redirect_url
from demo.slack.slack import Slack
from demo.slack.world.app import App, TokenState
from demo.slack.world.channel import Channel, Posting
from demo.slack.world.ids import new_id
from demo.slack.world.installation import configuration_token as new_configuration_token
from demo.slack.world.installation import grant_workspace, install, revoke, uninstall
from demo.slack.world.team import Enterprise, Team


@order
def add_enterprise(slack: Slack, name: str, id: str = "", domain: str = "") -> str:
    enterprise = Enterprise(id or new_id("E"), name, domain or name.lower())
    slack.world.enterprises[enterprise.id] = enterprise
    return enterprise.id


@order
def add_team(slack: Slack, name: str, id: str = "", domain: str = "", enterprise: str = "") -> str:
    team = Team(id or new_id("T"), name, domain or name.lower(), enterprise or None)
    slack.world.teams[team.id] = team
    return team.id


@order
def add_channel(
    slack: Slack, team: str, name: str, id: str = "", members: list[str] | None = None, **fields: Any
) -> str:
    owner = slack.world.team(team)
    channel = Channel(id or new_id("C"), owner.id, name, members=set(members or ()))
    _change(channel, fields)
    return owner.add_channel(channel).id


@order
def change_channel(slack: Slack, team: str, channel: str, **fields: Any) -> None:
    """Any field of Channel; a new name frees the old one, ``members`` replaces them all."""
    owner, found = slack.world.team(team), slack.world.channel(team, channel)
    owner.channel_ids.pop(found.name, None)
    _change(found, fields)
    owner.add_channel(found)


@order
def delete_channel(slack: Slack, team: str, channel: str) -> None:
    found = slack.world.channel(team, channel)
    owner = slack.world.team(team)
    del owner.channels[found.id]
    owner.channel_ids.pop(found.name, None)


def _change(channel: Channel, fields: dict[str, Any]) -> None:
    if "posting" in fields:
        fields["posting"] = Posting(fields["posting"])
    if "members" in fields:
        fields["members"] = set(fields["members"])
    replace(channel, **fields)  # refuses a name that is no field
    for name, value in fields.items():
        setattr(channel, name, value)


@order
def add_app(
    slack: Slack,
    team: str,
    name: str = "Cocoom",
    id: str = "",
    redirect_urls: list[str] | None = None,
    **fields: Any,
) -> dict[str, str]:
    """Its id and credentials, as the app's own page would show them."""
    app = App(id or new_id("A"), name, slack.world.team(team).id)
    slack.world.apps[app.id] = app
    change_app(slack, app.id, redirect_urls=redirect_urls or [], **fields)
    secrets = {"client_secret": app.client_secret, "signing_secret": app.signing_secret}
    return {"id": app.id, "client_id": app.client_id, **secrets}


@order
def change_app(slack: Slack, app: str, **fields: Any) -> None:
    """Any field of App: secrets, declared scopes, ``messages_tab_enabled``, ``distributed``…"""
    found = slack.world.app_called(app)
    for name in ("bot_scopes", "user_scopes"):
        if name in fields:
            fields[name] = frozenset(fields[name])
    fields["redirect_urls"] = [
        check_redirect_url(url) for url in fields.get("redirect_urls", found.redirect_urls)
    ]
    replace(found, **fields)
    for name, value in fields.items():
        setattr(found, name, value)


@order
def set_redirect_urls(slack: Slack, app: str, urls: list[str]) -> None:
    change_app(slack, app, redirect_urls=urls)


@order
def install_app(slack: Slack, app: str, team: str, scopes: list[str], token: str = "") -> str:
    """As if an administrator had pressed "Install to workspace"; the bot token."""
    found = slack.world.app_called(app)
    return install(slack.world, found, slack.world.team(team), frozenset(scopes), token or None).value


@order
def configuration_token(slack: Slack, team: str, user: str) -> str:
    return new_configuration_token(slack.world, slack.world.user(team, user)).value


@order
def add_workspace_to_install(slack: Slack, token: str, team: str) -> None:
    """What an organisation's administrator does after an org-wide install."""
    found = slack.world.tokens[token]
    grant_workspace(slack.world, slack.world.apps[found.app_id], found, slack.world.team(team))


@order
def uninstall_app(slack: Slack, app: str, team: str) -> None:
    uninstall(slack.world, slack.world.app_called(app), team)


@order
def revoke_token(slack: Slack, token: str) -> None:
    revoke(slack.world, slack.world.tokens[token])


@order
def expire_token(slack: Slack, token: str) -> None:
    slack.world.tokens[token].state = TokenState.EXPIRED


@order
def set_token_scopes(slack: Slack, token: str, scopes: list[str]) -> None:
    slack.world.tokens[token].set_scopes(frozenset(scopes))
