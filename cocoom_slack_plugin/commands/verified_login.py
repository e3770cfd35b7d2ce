"""What a verified login says of a match by hand: it is surer, and whoever signs in is nobody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin.commands.people_list import called
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.login import identity as identities
from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.people import person as persons
from cocoom_slack_plugin.people.person import Source
from cocoom_slack_plugin.people.slack_user_id import FIELD
from cocoom_slack_plugin.runtime import Runtime


def refuse(
    runtime: Runtime, dbsession: Session, base: Tenant, user: User, connection: Connection, wanted: str
) -> None:
    """Raises InvalidInput for what a verified login contradicts, or says already."""
    holder = _login_of(dbsession, connection, wanted)
    if holder and holder != user.id:
        other = runtime.hooks.user_by_id(base, holder, dbsession)
        shown = called(other) if other else holder
        raise InvalidInput(FIELD, f"{wanted} is {shown}, who signs in with Slack as such; it is nobody else")
    signs_in_as = _slack_user_of(dbsession, connection, user.id)
    if signs_in_as == wanted:
        raise InvalidInput("user", f"already known as {wanted}, by signing in with Slack")
    if signs_in_as:
        raise InvalidInput(
            "user", f"signs in with Slack as {signs_in_as}, which is surer than a match by hand"
        )


def _login_of(dbsession: Session, connection: Connection, slack_user: str) -> str | None:
    """Whose verified login this Slack user is."""
    claims = Claims(connection.team_id, slack_user, connection.enterprise_id)
    if identity := identities.find(dbsession, connection.tenant_id, claims):
        return identity.user_id
    matched = persons.of_slack_user(dbsession, connection.tenant_id, connection.team_id, slack_user)
    return matched.user_id if matched and matched.source is Source.LOGIN else None


def _slack_user_of(dbsession: Session, connection: Connection, user_id: str) -> str | None:
    """As whom this user signs in with Slack."""
    if identity := identities.of_user(dbsession, connection.tenant_id, user_id):
        return identity.slack_user_id
    matched = persons.find(dbsession, connection.tenant_id, user_id, connection.team_id)
    return matched.slack_user_id if matched and matched.source is Source.LOGIN else None
