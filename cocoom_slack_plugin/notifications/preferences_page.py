"""How the page of preferences looks: its choices in words, and how the person is known in Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from babel.dates import format_time, get_day_names
from pyramid.csrf import get_csrf_token

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin import pages
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.notifications import kinds, search, time_zones
from cocoom_slack_plugin.notifications.preferences_form import AT_ONCE, PreferencesForm
from cocoom_slack_plugin.notifications.schedule import Every, zone_of
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale

TELL: Mapping[str, str] = {
    kinds.COMMENTS: N_("Somebody commented on a post of mine"),
    kinds.EDITS: N_("An administrator edited a post of mine"),
    kinds.REMOVED_POSTS: N_("An administrator unpublished or deleted a post of mine"),
    kinds.REMOVED_COMMENTS: N_("An administrator removed a comment of mine"),
}
DIGEST: Mapping[str, str] = {
    AT_ONCE: N_("At once, each thing by itself"),
    Every.HOURLY: N_("Every hour, all together"),
    Every.DAILY: N_("Once a day, all together"),
    Every.WORKDAYS: N_("Once a day from Monday to Friday, all together"),
    Every.WEEKLY: N_("Once a week, all together"),
}
KNOWN_BY: Mapping[Source, str] = {
    Source.LOGIN: N_("Slack itself confirmed which account there is yours."),
    Source.EMAIL: N_("Your account there was found by your e-mail address {email}."),
    Source.HAND: N_("An administrator entered which account there is yours."),
}
SOUGHT = N_(
    "It is not known yet which account there is yours. "
    "As soon as there is something to tell you, it is looked for by your e-mail address {email}."
)
NOT_SOUGHT = N_("It is not known yet which account there is yours, so nothing can be told you there.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is signed in and looks at the page. ``person`` is who they are in Slack, as far as it is known."""

    tenant: Tenant
    user: User
    connection: Connection
    person: Person | None

    @property
    def locale(self) -> str:
        return best_locale(self.user.locale, self.tenant.locale)

    @property
    def known_by(self) -> str:
        """A message id; its field is the e-mail address."""
        if self.person:
            return KNOWN_BY[self.person.source]
        return SOUGHT if search.SCOPE in self.connection.scopes else NOT_SOUGHT


def page(request: Any, reader: Reader, form: PreferencesForm, status: int = 200, **said: str | None) -> Any:
    """The page; ``said`` are message ids: ``done`` for what was done, ``alert`` for what was not."""
    tenant, connection = reader.tenant, reader.connection
    shown = pages.page(
        request,
        tenant,
        "notifications/preferences",
        status,
        reader.locale,
        form=form,
        tell=TELL,
        digest=DIGEST,
        hours=_hours(reader.locale),
        weekdays={str(day): name for day, name in get_day_names("wide", locale=reader.locale).items()},
        continents=time_zones.CONTINENTS,
        places=time_zones.places(),
        offered={name for names in time_zones.places().values() for name, _ in names},
        zone=zone_of(reader.user.timezone, tenant.timezone).key,
        reader=reader,
        workspace=connection.team_name or connection.team_id,
        broken=connection.health != "ok",
        account=_account(request, reader),
        action=request.path,
        token=get_csrf_token(request),
        **said,
    )
    return pages.allow_form(shown)


def _hours(locale: str) -> dict[str, str]:
    return {str(hour): format_time(time(hour), "short", locale=locale) for hour in range(24)}


def _account(request: Any, reader: Reader) -> str | None:
    """Where people link their Slack account themselves, None where login does not run."""
    allowed = Runtime.of(request).settings.tenants.allow(Function.LOGIN, reader.tenant)
    if not allowed or not reader.connection.runs(Function.LOGIN):
        return None
    path: str = request.route_path(pages.ACCOUNT_ROUTE)
    return path
