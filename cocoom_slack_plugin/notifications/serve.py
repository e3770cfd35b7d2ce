"""Serving a claim: what waits in the lane is put into one message, posted and judged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import SecretStr

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import NotConnected, SecretUnreadable, SlackError
from cocoom_slack_plugin.notifications.amending import amend
from cocoom_slack_plugin.notifications.claims import Claim, Entry, Fate, Waiting
from cocoom_slack_plugin.notifications.digest import Told, how_many
from cocoom_slack_plugin.notifications.doubts import GIVE_UP, already_posted, fates_of, settle
from cocoom_slack_plugin.notifications.lanes import announce
from cocoom_slack_plugin.notifications.pace import Pace
from cocoom_slack_plugin.notifications.posting import post
from cocoom_slack_plugin.notifications.targets import Outlook, Targets
from cocoom_slack_plugin.notifications.telling import sort, together
from cocoom_slack_plugin.notifications.verdict import (
    LATER,
    Reach,
    Verdict,
    broken,
    judge_preparation,
)
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.switches import Function

RECORDED_BY_THEN = 5.0
"""Seconds after which a pause stands in the tables, where all workers see it."""


class Clerk:
    """Attends to one claim at a time, as often at once as there are lanes under way."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway) -> None:
        self._runtime = runtime
        self._slack = gateway
        self._targets = Targets(runtime, gateway)
        self._pace = Pace.of_conversation(runtime.settings)
        self._broken: dict[str, int] = {}
        self._paused: dict[str, float] = {}
        self._tokens: dict[str, tuple[int, SecretStr]] = {}

    async def attend(
        self, notices: Sequence[Waiting], outlook: Outlook, still_ours: Callable[[], bool]
    ) -> Entry:
        """Try once to post what waits, as one message. Only faults of our own are raised."""
        claim = notices[0].claim
        dropped, told = sort(notices, self._may_tell)
        connection = outlook.connections.get(claim.tenant_id)
        if dropped and not told:
            return Entry(claim, LATER, dropped)
        if connection is None:
            return Entry(claim, broken(NotConnected.code), dropped)
        if self._is_stopped(connection):
            return Entry(claim, LATER, dropped)
        entry = await self._do(claim, notices[0], told, connection, outlook, still_ours)
        self._note(connection, entry.verdict)
        return replace(entry, fates=[*dropped, *entry.fates])

    async def _do(
        self,
        claim: Claim,
        first: Waiting,
        told: Sequence[Told],
        connection: Connection,
        outlook: Outlook,
        still_ours: Callable[[], bool],
    ) -> Entry:
        """Tell what is to be told; where the first thing to do is to amend, amend."""
        try:
            token = self._token(connection)
            if told:
                verdict, fates = await self._tell(claim, told, connection, token, outlook, still_ours)
                return Entry(claim, verdict, fates)
            if not still_ours():
                return Entry(claim, LATER)
            return Entry(claim, *await amend(self._runtime, self._slack, token, first))
        except (NotConnected, SecretUnreadable) as error:
            return Entry(claim, broken(error.code))
        except SlackError as error:
            verdict = judge_preparation(error, claim.attempts)
            return Entry(claim, verdict, fates_of(told, verdict) if verdict.state else [])

    def _may_tell(self, tenant: Tenant) -> bool:
        return self._runtime.settings.tenants.allow(Function.NOTIFICATIONS, tenant)

    def _token(self, connection: Connection) -> SecretStr:
        """Opened once for each version of the connection, for as long as this job lasts."""
        version, token = self._tokens.get(connection.tenant_id, (None, None))
        if token is None or version != connection.version:
            token = connection.open_secret(self._runtime.vault, SecretKind.BOT_TOKEN)
            self._tokens[connection.tenant_id] = (connection.version, token)
        return token

    def version_of(self, tenant_id: str) -> int | None:
        """Of the connection whose token was found not to work, None for a tenant of which that is not known."""
        return self._broken.get(tenant_id)

    def _is_stopped(self, connection: Connection) -> bool:
        """Whether this tenant's workspace was just found to take nothing; the record of it may be still under way."""
        tenant_id = connection.tenant_id
        broken = self._broken.get(tenant_id) == connection.version
        return broken or time.monotonic() < self._paused.get(tenant_id, 0.0)

    def _note(self, connection: Connection, verdict: Verdict) -> None:
        if verdict.reach is Reach.CONNECTION:
            # Not another call with this token, until the tenant is connected anew (security.md F25).
            self._broken[connection.tenant_id] = connection.version
        elif verdict.reach is Reach.WORKSPACE:
            self._paused[connection.tenant_id] = time.monotonic() + min(verdict.pause, RECORDED_BY_THEN)

    async def _tell(
        self,
        claim: Claim,
        told: Sequence[Told],
        connection: Connection,
        token: SecretStr,
        outlook: Outlook,
        still_ours: Callable[[], bool],
    ) -> tuple[Verdict, list[Fate]]:
        """Post the next message of what is to be told, unless an earlier attempt turns out to have arrived."""
        first, newest = told[0], told[-1]
        # Somebody's address may have changed since the first of them.
        target = await self._targets.find(claim, newest.kind, newest.event, connection, token, outlook)
        if target is None:
            return LATER, [Fate(each.notice_id, "dropped", "person_unknown") for each in told]
        if claim.doubted_at is not None:
            place = outlook.places.get(claim.lane_id, target)
            shown = await already_posted(self._slack, token, connection, claim, place, first.parent_ts)
            if (settled := settle(told, claim.doubt_upto, shown)) is not None:
                return settled
        if not still_ours():
            return LATER, []
        some = together(told)
        carried = some[: how_many(some, self._pace.credit(claim.idle))]
        if any(each.on_doubt == GIVE_UP for each in carried):
            last = carried[-1].notice_id
            if not await asyncio.to_thread(self._announce, claim, last):
                return LATER, []
        verdict, fates = await post(self._slack, token, target, carried, claim.attempts)
        await self._targets.disappeared(claim, verdict, outlook)
        return verdict, fates

    def _announce(self, claim: Claim, notice_id: int) -> bool:
        with transaction(self._runtime.hooks) as dbsession:
            return announce(dbsession, claim, notice_id)
