"""Serving notices: what they need is read for many lanes at once, then each is rendered, posted and judged."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import AdministratorNotice, Event
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import InvalidEvent, NotConnected, SecretUnreadable, SlackError
from cocoom_slack_plugin.notifications.claims import Claim, Entry, Waiting
from cocoom_slack_plugin.notifications.decide import PERSONAL, addressee
from cocoom_slack_plugin.notifications.events import load
from cocoom_slack_plugin.notifications.render import render
from cocoom_slack_plugin.notifications.verdict import Reach, Verdict, broken, dropped, judge, sent
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale, translations

log = logging.getLogger(__name__)

LOOK_UP_SCOPE = "users:read.email"
LATER = Verdict(notice=None)
"""The lane is given back as it is; with a new lease there is time to post."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was known of the claimed lanes' tenants and people when they were claimed, and has been found out since."""

    connections: Mapping[str, Connection] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)


def look_up(dbsession: Session, claims: Iterable[Claim]) -> Outlook:
    """Read the connections and, for direct messages, the people of these lanes."""
    found = connections.of_tenants(dbsession, {each.tenant_id for each in claims})
    wanted = {
        (each.tenant_id, each.conversation.removeprefix(PERSONAL))
        for each in claims
        if each.conversation.startswith(PERSONAL)
    }
    return Outlook(found, people.of_users(dbsession, wanted) if wanted else {})


class Clerk:
    """Attends to one notice at a time, as often at once as there are lanes under way."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway) -> None:
        self._runtime = runtime
        self._slack = gateway

    async def attend(self, waiting: Waiting, outlook: Outlook, until: float) -> Verdict:
        """Try to post this notice once. Only faults of our own are raised.

        ``until`` is the time, by the monotonic clock, after which the lease is too short for another call to Slack.
        """
        try:
            event = load(waiting.kind, waiting.payload)
            if not self._runtime.settings.tenants.allow(Function.NOTIFICATIONS, event.tenant):
                return dropped("switched_off")
            connection = outlook.connections.get(waiting.claim.tenant_id)
            if connection is None:
                return broken(NotConnected.code)
            token = connection.open_secret(self._runtime.vault, SecretKind.BOT_TOKEN)
            target = await self._target(waiting, event, connection, token, outlook)
            if target is None:
                return dropped("person_unknown")
            if time.monotonic() > until:
                return LATER
            posted = await self._slack.post(token, target, render(waiting.kind, event, waiting.locale))
            return sent(posted, self._runtime.settings.channel_interval)
        except InvalidEvent:
            return dropped("unreadable")
        except (NotConnected, SecretUnreadable) as error:
            return broken(error.code)
        except SlackError as error:
            return judge(error, waiting.claim.attempts)

    def note_broken(self, dbsession: Session, entries: Iterable[Entry]) -> None:
        """Mark connections that just turned out broken; their administrators are told, once."""
        found = {
            each.waiting.claim.tenant_id: each for each in entries if each.verdict.reach is Reach.CONNECTION
        }
        for tenant_id, entry in sorted(found.items()):
            if mark_broken(dbsession, tenant_id, entry.verdict.code or "unknown"):
                self._tell_administrators(dbsession, entry)

    async def _target(
        self, waiting: Waiting, event: Event, connection: Connection, token: SecretStr, outlook: Outlook
    ) -> str | None:
        """The channel or Slack user to post to, None for somebody whom Slack does not know."""
        if not waiting.claim.conversation.startswith(PERSONAL):
            return waiting.claim.conversation
        key = (waiting.claim.tenant_id, waiting.claim.conversation.removeprefix(PERSONAL))
        known = outlook.people.get(key)
        # A match in a former workspace does not count.
        if known is None or known.team_id != connection.team_id:
            known = await self._match(waiting, event, connection, token)
        if known is None:
            return None
        outlook.people[key] = known
        return known.slack_user_id

    async def _match(
        self, waiting: Waiting, event: Event, connection: Connection, token: SecretStr
    ) -> Person | None:
        """Find the addressee in Slack by e-mail, once, and remember the match (slack.md E3)."""
        user = addressee(waiting.kind, event)
        if user is None or LOOK_UP_SCOPE not in connection.scopes:
            return None
        slack_user_id = await self._slack.user_by_email(token, user.email)
        if slack_user_id is None:
            return None
        person = Person(user.id, connection.team_id, slack_user_id, Source.EMAIL)
        await asyncio.to_thread(self._remember, waiting.claim.tenant_id, person)
        return person

    def _remember(self, tenant_id: str, person: Person) -> None:
        with transaction(self._runtime.hooks) as dbsession:
            people.match(dbsession, tenant_id, person)

    def _tell_administrators(self, dbsession: Session, entry: Entry) -> None:
        tenant = load(entry.waiting.kind, entry.waiting.payload).tenant
        tr = translations(best_locale(tenant.locale)).gettext
        text = tr(N_("Slack answers “{code}”. Notices wait until the base is connected to Slack again."))
        notice = AdministratorNotice(
            subject=tr(N_("The connection to Slack does not work any more")),
            text=text.format(code=entry.verdict.code),
        )
        try:
            with dbsession.begin_nested():
                self._runtime.hooks.tell_administrators(tenant, notice, dbsession)
        except Exception:
            # The connection is broken all the same; undone, every lease would ask Slack again.
            log.exception("the administrators of tenant %s could not be told", tenant.id)
