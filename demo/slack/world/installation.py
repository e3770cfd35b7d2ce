"""Installing an app, and taking it away again (slack.md B2, B5)."""

from __future__ import annotations

from demo.slack.world.app import App, Token, TokenState
from demo.slack.world.ids import new_token
from demo.slack.world.team import Team
from demo.slack.world.user import User
from demo.slack.world.world import World


def install(world: World, app: App, team: Team, scopes: frozenset[str], value: str | None = None) -> Token:
    """Give the app a bot in the workspace. Installing again adds scopes and keeps the token (slack.md B5)."""
    bot = app.bot(team.id)
    _seat_bot(app, team, bot.user_id)
    token = active_bot_token(world, app, team.id)
    if token is None or (value is not None and token.value != value):
        token = Token(value or new_token("bot"), "bot", app.id, team.id, bot.user_id, scopes, bot.bot_id)
        token.enterprise_id = team.enterprise_id
        world.tokens[token.value] = token
    token.set_scopes(token.scopes | scopes)
    return token


def install_org_wide(world: World, app: App, enterprise_id: str, scopes: frozenset[str]) -> Token:
    """One token for an organisation; it acts only in the workspaces an administrator adds (slack.md B2)."""
    bot = app.bot(enterprise_id)
    token = active_bot_token(world, app, None, enterprise_id)
    if token is None:
        token = Token(new_token("bot"), "bot", app.id, None, bot.user_id, scopes, bot.bot_id, enterprise_id)
        world.tokens[token.value] = token
    token.set_scopes(token.scopes | scopes)
    return token


def grant_workspace(world: World, app: App, token: Token, team: Team) -> None:
    """What the organisation's administrator does after an org-wide install."""
    _seat_bot(app, team, token.user_id)
    token.granted_team_ids.add(team.id)


def grant_user_token(world: World, app: App, user: User, scopes: frozenset[str]) -> Token:
    """A user's own token for the app; a further consent adds scopes to it."""
    for token in world.tokens.values():
        mine = (token.app_id, token.team_id, token.user_id) == (app.id, user.team_id, user.id)
        if mine and token.kind == "user" and token.state is TokenState.ACTIVE:
            token.set_scopes(token.scopes | scopes)
            return token
    token = Token(new_token("user"), "user", app.id, user.team_id, user.id, scopes)
    token.enterprise_id = user.enterprise_id
    world.tokens[token.value] = token
    return token


def configuration_token(world: World, user: User) -> Token:
    """What somebody takes from the list of their apps, to let a program make one in this workspace."""
    token = Token(new_token("config"), "config", "", user.team_id, user.id, frozenset())
    world.tokens[token.value] = token
    return token


def active_bot_token(
    world: World, app: App, team_id: str | None, enterprise_id: str | None = None
) -> Token | None:
    for token in world.tokens.values():
        mine = token.app_id == app.id and token.kind == "bot" and token.team_id == team_id
        if mine and token.state is TokenState.ACTIVE and enterprise_id in (None, token.enterprise_id):
            return token
    return None


def revoke(world: World, token: Token) -> None:
    """A bot token takes its bot with it: out of all channels, account deactivated (slack.md B5)."""
    token.state = TokenState.REVOKED
    if token.kind == "bot":
        for team in world.teams_of(token):
            _unseat_bot(team, token.user_id)


def uninstall(world: World, app: App, team_id: str) -> None:
    """End every token of the app in the workspace."""
    for token in world.tokens.values():
        if token.app_id == app.id and team_id in (token.team_id, token.enterprise_id):
            revoke(world, token)


def deactivate(world: World, user: User) -> None:
    """What an administrator of the workspace does to a leaver; their tokens answer ``account_inactive``."""
    user.deleted = True
    for token in world.tokens.values():
        if (token.team_id, token.user_id) == (user.team_id, user.id):
            token.state = TokenState.INACTIVE


def _seat_bot(app: App, team: Team, user_id: str) -> None:
    bot_user = team.users.get(user_id)
    if bot_user is None:
        name = app.bot_name or app.name.lower().replace(" ", "-")
        bot_user = User(user_id, team.id, name, app.name, is_bot=True, app_id=app.id)
        team.users[user_id] = bot_user
    bot_user.deleted = False


def _unseat_bot(team: Team, user_id: str) -> None:
    if user_id in team.users:
        team.users[user_id].deleted = True
    for channel in team.channels.values():
        if not channel.is_im:
            channel.members.discard(user_id)
