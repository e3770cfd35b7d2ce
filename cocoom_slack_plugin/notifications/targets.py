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
from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.notifications.search import Search
from cocoom_slack_plugin.notifications.tables import message
from cocoom_slack_plugin.notifications.to_people import addressee
from cocoom_slack_plugin.notifications.verdict import Verdict
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people import stranger as strangers
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.stranger import Stranger
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway

NOT_THERE = frozenset({"user_not_found", "user_disabled", "users_not_found", "channel_not_found"})
"""Slack's codes for a direct message to somebody whom the workspace does not have, or not any more (slack.md D4)."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was known of the claimed lanes' tenants and people when they were claimed, and has been found out since.

    ``places`` are the channels, by lane, into which Slack put messages of lanes that are in doubt; ``strangers`` those
    who were looked for in vain.
    """

    connections: Mapping[str, Connection] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)
    strangers: Mapping[tuple[str, str], Stranger] = field(default_factory=dict)


def look_up(dbsession: Session, claims: Iterable[Claim]) -> Outlook:
    """Read the connections and, for direct messages, the people of these lanes."""
    claims = list(claims)
    found = connections.of_tenants(dbsession, {each.tenant_id for each in claims})
    wanted = {_key(each) for each in claims if each.conversation.startswith(PERSONAL)}
    known = people.of_users(dbsession, wanted) if wanted else {}
    # A match in a former workspace does not count.
    unknown = {key for key in wanted if key not in known or not _is_of(found.get(key[0]), known[key])}
    missing = strangers.of_users(dbsession, unknown) if unknown else {}
    return Outlook(found, known, _places(dbsession, [each for each in claims if each.doubted_at]), missing)


def _is_of(connection: Connection | None, known: Person) -> bool:
    return connection is not None and connection.team_id == known.team_id


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
        self._search = Search(runtime, gateway)

    async def find(
        self,
        claim: Claim,
        kind: str,
        event: Event,
        connection: Connection,
        token: SecretStr,
        outlook: Outlook,
    ) -> str | None:
        """The channel or Slack user to post to, None for somebody whom Slack does not know. Raises SlackError.

        Of several events the newest is best: it has the addressee's e-mail of today.
        """
        if not claim.conversation.startswith(PERSONAL):
            return claim.conversation
        key = _key(claim)
        known = outlook.people.get(key)
        if known is None or not _is_of(connection, known):
            user = addressee(kind, event)
            stranger = outlook.strangers.get(key)
            known = await self._search.find(connection, token, user, stranger) if user else None
        if known is None:
            return None
        outlook.people[key] = known
        return known.slack_user_id

    async def disappeared(self, claim: Claim, verdict: Verdict, outlook: Outlook) -> None:
        """Heed an answer by which Slack no longer has the person who was posted to.

        What was found by e-mail is forgotten, so that the next attempt looks again; signing in and a match by hand
        are the word of somebody, and stay.
        """
        known = outlook.people.get(_key(claim)) if claim.conversation.startswith(PERSONAL) else None
        if known is None or known.source is not Source.EMAIL or verdict.code not in NOT_THERE:
            return
        del outlook.people[_key(claim)]
        await asyncio.to_thread(self._forget, claim.tenant_id, known)

    def _forget(self, tenant_id: str, wrong: Person) -> None:
        with transaction(self._runtime.hooks) as dbsession:
            people.unmatch(dbsession, tenant_id, wrong)


def _key(claim: Claim) -> tuple[str, str]:
    return claim.tenant_id, claim.conversation.removeprefix(PERSONAL)
