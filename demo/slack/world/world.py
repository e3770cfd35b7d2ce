"""Everything that exists, with the few questions asked about more than one thing at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.slack.world.app import App, Token
from demo.slack.world.channel import Channel
from demo.slack.world.ids import new_id
from demo.slack.world.team import Enterprise, Team
from demo.slack.world.user import User


@dataclass(slots=True)
class World:
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def app_with_client_id(self, client_id: str) -> App | None:
        return next((app for app in self.apps.values() if app.client_id == client_id), None)

    def app_called(self, app: str) -> App:
        """By app id or client id, as a control call names it; raises LookupError."""
        found = self.apps.get(app) or self.app_with_client_id(app)
        if found is None:
            raise LookupError(f"no app {app}")
        return found

    def team(self, team_id: str) -> Team:
        """By id; raises LookupError."""
        if team_id not in self.teams:
            raise LookupError(f"no team {team_id}")
        return self.teams[team_id]

    def user(self, team_id: str, user_id: str) -> User:
        """By workspace and id; raises LookupError."""
        user = self.team(team_id).users.get(user_id)
        if user is None:
            raise LookupError(f"no user {user_id} in {team_id}")
        return user

    def channel(self, team_id: str, channel: str) -> Channel:
        """By workspace and id or name; raises LookupError."""
        team = self.team(team_id)
        found = team.channels.get(channel) or team.channel_named(channel)
        if found is None:
            raise LookupError(f"no channel {channel} in {team_id}")
        return found

    def enterprise_of(self, team: Team) -> Enterprise | None:
        return self.enterprises.get(team.enterprise_id or "")

    def teams_of(self, token: Token) -> list[Team]:
        """Where the token may act."""
        if token.team_id is not None:
            return [self.teams[token.team_id]]
        return [self.teams[team_id] for team_id in sorted(token.granted_team_ids)]

    def direct_message(self, team: Team, bot_user_id: str, user_id: str) -> Channel:
        """The ``D…`` conversation between a bot and a person, opened at the first need."""
        pair = (bot_user_id, user_id)
        if pair not in team.direct_messages:
            channel = Channel(new_id("D"), team.id, "", is_im=True, user=user_id, members=set(pair))
            team.direct_messages[pair] = team.add_channel(channel).id
        return team.channels[team.direct_messages[pair]]
