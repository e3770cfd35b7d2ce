"""Serving one notice: open the connection, find the addressee, render, post, and judge the answer."""

from __future__ import annotations

import asyncio
import logging
from typing import TypeVar

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import AdministratorNotice, Event
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import InvalidEvent, NotConnected, SecretUnreadable, SlackError
from cocoom_slack_plugin.notifications import lanes
from cocoom_slack_plugin.notifications.decide import PERSONAL, addressee
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.lanes import Waiting
from cocoom_slack_plugin.notifications.render import render
from cocoom_slack_plugin.notifications.verdict import Reach, Verdict, broken, dropped, judge, sent
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale, translations

log = logging.getLogger(__name__)
T = TypeVar("T")

LOOK_UP_SCOPE = "users:read.email"


class Clerk:
    """Attends to one notice at a time, as often at once as there are lanes under way."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway) -> None:
        self._runtime = runtime
        self._slack = gateway

    async def attend(self, waiting: Waiting) -> Verdict:
        """Try to post this notice once. Only faults of our own are raised."""
        try:
            event = load(waiting.kind, waiting.payload)
            if not self._runtime.settings.tenants.allow(Function.NOTIFICATIONS, event.tenant):
                return dropped("switched_off")
            connection, known = await asyncio.to_thread(self._look_up, waiting)
            token = connection.open_secret(self._runtime.vault, SecretKind.BOT_TOKEN)
            return await self._deliver(waiting, event, connection, token, known)
        except InvalidEvent:
            return dropped("unreadable")
        except (NotConnected, SecretUnreadable) as error:
            return broken(error.code)
        except SlackError as error:
            return judge(error, waiting.claim.attempts)

    def record(self, dbsession: Session, waiting: Waiting, verdict: Verdict) -> bool:
        """Write down the verdict; a connection that just broke is told to the tenant's administrators, once."""
        if not lanes.record(dbsession, waiting, verdict):
            return False
        if verdict.reach is Reach.CONNECTION and mark_broken(
            dbsession, waiting.claim.tenant_id, verdict.code or "unknown"
        ):
            self._tell_administrators(dbsession, waiting, verdict)
        return True

    async def _deliver(
        self, waiting: Waiting, event: Event, connection: Connection, token: SecretStr, known: Person | None
    ) -> Verdict:
        target: str | None = waiting.claim.conversation
        if waiting.claim.conversation.startswith(PERSONAL):
            target = known.slack_user_id if known else await self._match(waiting, event, connection, token)
        if target is None:
            return dropped("person_unknown")
        posted = await self._slack.post(token, target, render(waiting.kind, event, waiting.locale))
        return sent(posted, self._runtime.settings.channel_interval)

    def _look_up(self, waiting: Waiting) -> tuple[Connection, Person | None]:
        claim = waiting.claim
        with transaction(self._runtime.hooks) as dbsession:
            found = connections.get(dbsession, claim.tenant_id)
            if not claim.conversation.startswith(PERSONAL):
                return found, None
            user_id = claim.conversation.removeprefix(PERSONAL)
            return found, people.find(dbsession, claim.tenant_id, user_id, found.team_id)

    async def _match(
        self, waiting: Waiting, event: Event, connection: Connection, token: SecretStr
    ) -> str | None:
        """Find the addressee in Slack by e-mail, once, and remember the match (slack.md E3)."""
        user = addressee(waiting.kind, event)
        if user is None or LOOK_UP_SCOPE not in connection.scopes:
            return None
        slack_user_id = await self._slack.user_by_email(token, user.email)
        if slack_user_id is not None:
            person = Person(user.id, connection.team_id, slack_user_id, Source.EMAIL)
            await asyncio.to_thread(self._remember, waiting.claim.tenant_id, person)
        return slack_user_id

    def _remember(self, tenant_id: str, person: Person) -> None:
        with transaction(self._runtime.hooks) as dbsession:
            people.match(dbsession, tenant_id, person)

    def _tell_administrators(self, dbsession: Session, waiting: Waiting, verdict: Verdict) -> None:
        tenant = load(waiting.kind, waiting.payload).tenant
        tr = translations(best_locale(tenant.locale)).gettext
        text = tr(N_("Slack answers “{code}”. Notices wait until the base is connected to Slack again."))
        notice = AdministratorNotice(
            subject=tr(N_("The connection to Slack does not work any more")),
            text=text.format(code=verdict.code),
        )
        try:
            with dbsession.begin_nested():
                self._runtime.hooks.tell_administrators(tenant, notice, dbsession)
        except Exception:
            # The connection is broken all the same; undone, every lease would ask Slack again.
            log.exception("the administrators of tenant %s could not be told", tenant.id)
