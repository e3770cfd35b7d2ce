"""Looking for people in Slack by their e-mail, as seldom as can be: who was found is remembered, and who was not."""

from __future__ import annotations

import asyncio

from pydantic import SecretStr

from cocoom_hooks.payloads import User
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import SlackRateLimited
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people import stranger as strangers
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.stranger import Reason, Stranger
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway
from cocoom_slack_plugin.slack_scopes import Scope

METHOD, SCOPE = "users.lookupByEmail", Scope.USERS_READ_EMAIL


class Search:
    """Looks for one person at a time, as often at once as there are lanes under way."""

    def __init__(self, runtime: Runtime, gateway: SlackGateway) -> None:
        self._runtime = runtime
        self._slack = gateway
        self._again = runtime.settings.lookup_again_hours * 3600.0

    async def find(
        self, connection: Connection, token: SecretStr, user: User, known: Stranger | None
    ) -> Person | None:
        """Who this user is in the connection's workspace, None for a stranger. Raises SlackError.

        ``known`` is what an earlier search came to; while that holds, Slack is not asked.
        """
        may_look = SCOPE in connection.scopes
        if known and known.still_holds(
            user.email, connection.team_id, may_look=may_look, seconds=self._again
        ):
            return None
        slack_user_id = await self._ask(connection, token, user.email) if may_look else None
        reason = Reason.NOT_FOUND if may_look else Reason.NO_SCOPE
        return await asyncio.to_thread(self._remember, connection, user, slack_user_id, reason)

    async def _ask(self, connection: Connection, token: SecretStr, email: str) -> str | None:
        """Raises SlackRateLimited without a call while Slack's last answer of that kind holds for this workspace."""
        place = (METHOD, connection.tenant_id, connection.team_id)
        if (left := self._runtime.waits.left(*place)) > 0:
            raise SlackRateLimited(left)
        try:
            return await self._slack.user_by_email(token, email)
        except SlackRateLimited as limited:
            self._runtime.waits.note(*place, limited.retry_after)
            raise

    def _remember(
        self, connection: Connection, user: User, slack_user_id: str | None, reason: Reason
    ) -> Person | None:
        """Who they are, which somebody may have found out otherwise meanwhile."""
        tenant_id, team_id = connection.tenant_id, connection.team_id
        with transaction(self._runtime.hooks) as dbsession:
            if slack_user_id:
                by_email = Person(user.id, team_id, slack_user_id, Source.EMAIL)
                found = people.match(dbsession, tenant_id, by_email)
            else:
                found = people.find(dbsession, tenant_id, user.id, team_id)
            if found is None:
                strangers.remember(dbsession, tenant_id, user, team_id, reason)
        return found
