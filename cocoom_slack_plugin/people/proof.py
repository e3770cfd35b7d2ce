"""Proving a match by hand: Slack is asked whether there is such a person in the connection's workspace."""

from __future__ import annotations

from pydantic import SecretStr

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import InvalidInput, SlackRefused
from cocoom_slack_plugin.people.slack_user_id import FIELD
from cocoom_slack_plugin.slack import SlackGateway, SlackUser

NOT_THERE = ("user_not_found", "user_not_visible")


async def prove(
    gateway: SlackGateway, token: SecretStr, connection: Connection, slack_user_id: str
) -> SlackUser:
    """Somebody who can be sent direct messages. Raises InvalidInput that says why they cannot, SlackError."""
    workspace = f"the workspace {connection.team_name or connection.team_id}"
    try:
        found = await gateway.user(token, slack_user_id)
    except SlackRefused as refused:
        raise _explained(refused, slack_user_id, workspace) from None
    if found.id != slack_user_id or connection.team_id not in found.teams:
        raise InvalidInput(FIELD, f"{slack_user_id} is not a member of {workspace}")
    if found.is_bot:
        raise InvalidInput(FIELD, f"{slack_user_id} is a bot; choose a person")
    if found.deleted:
        raise InvalidInput(FIELD, f"{slack_user_id} is deactivated in Slack")
    return found


def _explained(refused: SlackRefused, slack_user_id: str, workspace: str) -> Exception:
    if refused.code in NOT_THERE:
        return InvalidInput(FIELD, f"{workspace} has no {slack_user_id}; copy the id from the profile again")
    if refused.code == "missing_scope":
        advice = "add the scope users:read to the app, install it again, and connect with its new token"
        return InvalidInput(FIELD, f"the app may not see who is in {workspace}: {advice}")
    return refused
