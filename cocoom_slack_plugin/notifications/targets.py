"""Where a lane's messages go in Slack: its channel, or the Slack user who is this Cocoom user."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications.claims import Claim
from cocoom_slack_plugin.notifications.decide import PERSONAL, addressee
from cocoom_slack_plugin.notifications.tables import message
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway

LOOK_UP_SCOPE = "users:read.email"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was known of the claimed lanes' tenants and people when they were claimed, and has been found out since.

    ``places`` are the channels, by lane, into which Slack put messages of lanes that are in doubt.
    """

    connections: Mapping[str, Connection] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)


def look_up(dbsession: Session, claims: Iterable[Claim]) -> Outlook:
    """Read the connections and, for direct messages, the people of these lanes."""
    claims = list(claims)
    found = connections.of_tenants(dbsession, {each.tenant_id for each in claims})
    wanted = {
        (each.tenant_id, each.conversation.removeprefix(PERSONAL))
        for each in claims
        if each.conversation.startswith(PERSONAL)
    }
    known = people.of_users(dbsession, wanted) if wanted else {}
    return Outlook(found, known, _places(dbsession, [each for each in claims if each.doubted_at]))


def _places(dbsession: Session, doubted: list[Claim]) -> dict[int, str]:
    if not doubted:
        return {}
    latest = (
        select(message.c.lane_id, message.c.channel)
        .where(
            message.c.tenant_id.in_({each.tenant_id for each in doubted}),
            message.c.lane_id.in_([each.lane_id for each in doubted]),
            message.c.channel.is_not(None),
        )
        .order_by(message.c.id)
    )
    return {row.lane_id: row.channel for row in dbsession.execute(latest)}


class Targets:
    """Finds the target of a lane, asking Slack where the person is not known yet."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway) -> None:
        self._runtime = runtime
        self._slack = gateway

    async def find(
        self,
        claim: Claim,
        kind: str,
        event: Event,
        connection: Connection,
        token: SecretStr,
        outlook: Outlook,
    ) -> str | None:
        """The channel or Slack user to post to, None for somebody whom Slack does not know. Raises SlackError."""
        if not claim.conversation.startswith(PERSONAL):
            return claim.conversation
        key = (claim.tenant_id, claim.conversation.removeprefix(PERSONAL))
        known = outlook.people.get(key)
        # A match in a former workspace does not count.
        if known is None or known.team_id != connection.team_id:
            known = await self._match(claim, kind, event, connection, token)
        if known is None:
            return None
        outlook.people[key] = known
        return known.slack_user_id

    async def _match(
        self, claim: Claim, kind: str, event: Event, connection: Connection, token: SecretStr
    ) -> Person | None:
        """Find the addressee in Slack by e-mail, once, and remember the match (slack.md E3)."""
        user = addressee(kind, event)
        if user is None or LOOK_UP_SCOPE not in connection.scopes:
            return None
        slack_user_id = await self._slack.user_by_email(token, user.email)
        if slack_user_id is None:
            return None
        person = Person(user.id, connection.team_id, slack_user_id, Source.EMAIL)
        await asyncio.to_thread(self._remember, claim.tenant_id, person)
        return person

    def _remember(self, tenant_id: str, person: Person) -> None:
        with transaction(self._runtime.hooks) as dbsession:
            people.match(dbsession, tenant_id, person)
