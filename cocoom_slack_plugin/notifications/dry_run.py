"""A dry run: what a route would have done with the events that were recorded. Decided by the rules themselves.

Nothing is stored. What a conversation's pace would have condensed is not foreseen, nor who was known in Slack.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.notifications import preferences
from cocoom_slack_plugin.notifications.decide import decide
from cocoom_slack_plugin.notifications.decision import Circumstances, Decision
from cocoom_slack_plugin.notifications.kinds import IN_CHANNELS
from cocoom_slack_plugin.notifications.past_events import PastEvent, first_recorded, pages
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.notifications.render import put_in_words
from cocoom_slack_plugin.notifications.route import Effect, Route, about, choose
from cocoom_slack_plugin.notifications.schedule import zone_of
from cocoom_slack_plugin.notifications.to_people import addressee
from cocoom_slack_plugin.translations import best_locale

EXAMPLES = 5
Wanted = dict[str, Preferences]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A route that is tried, and the tenant's rules without it and with it, the oldest first.

    ``replaces`` is the number of the stored route of the same meaning, whose place this one would take.
    """

    route: Route
    without: Sequence[Route]
    within: Sequence[Route]
    replaces: int | None = None
    patience: float = 0.0


@dataclass(slots=True)
class Result:
    """``since`` is from when on events are known, ``events`` how many the route means.

    For a route that tells: ``notices`` in its channel, of which other routes tell ``already``; ``muted`` are silenced
    by a mute, and ``left`` are told by others, so that a default route is not asked. For a mute ``notices`` are what
    it silences, by conversation in ``silenced``. ``messages`` is how many messages the notices come to, ``per_day``
    and ``per_hour`` count them by the clock of ``zone``.
    """

    rehearsal: Rehearsal
    zone: ZoneInfo
    asked_since: datetime
    since: datetime | None
    events: int = 0
    notices: int = 0
    already: int = 0
    muted: int = 0
    left: int = 0
    messages: int = 0
    silenced: Counter[str] = field(default_factory=Counter)
    per_day: Counter[date] = field(default_factory=Counter)
    per_hour: Counter[datetime] = field(default_factory=Counter)
    examples: deque[str] = field(default_factory=lambda: deque(maxlen=EXAMPLES))
    notes: list[str] = field(default_factory=list)
    _open: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def busiest(self) -> tuple[datetime, int] | None:
        """The local hour with most notices, the first of several, and how many."""
        return max(self.per_hour.items(), key=lambda pair: (pair[1], -pair[0].timestamp()), default=None)

    def count(self, past: PastEvent, notices: Iterable[Decision]) -> None:
        """These notices of one event would have been told, or silenced."""
        wall = past.recorded_at.astimezone(self.zone)
        for each in notices:
            self.notices += 1
            self.per_day[wall.date()] += 1
            self.per_hour[wall.replace(minute=0, second=0, microsecond=0)] += 1
            self.messages += self._starts_a_message(each, past.recorded_at)

    def _starts_a_message(self, notice: Decision, at: datetime) -> bool:
        """Whether it is not told with those before it, as notices of one bundle are that wait at the same time."""
        if notice.bundle is None or notice.not_before is None:
            return True
        key = (notice.conversation or "", notice.bundle)
        waits_until = self._open.get(key)
        if waits_until is not None and at < waits_until:
            return False
        self._open[key] = notice.not_before
        return True


def rehearse(stored: Sequence[Route], route: Route, patience: float) -> Rehearsal:
    """The rules without and with this route, which may be one of the stored ones."""
    same = next((each for each in stored if each.meaning == route.meaning), None)
    without = [each for each in stored if each is not same]
    if same is None:
        return Rehearsal(route, without, [*without, route], None, patience)
    within = [replace(route, number=same.number) if each is same else each for each in stored]
    return Rehearsal(route, without, within, same.number, patience)


def run(dbsession: Session, tenant: Tenant, rehearsal: Rehearsal, days: int) -> Result:
    """Try a route on what was recorded in the last ``days`` days."""
    now = dbsession.execute(select(func.now())).scalar_one()
    start = now - timedelta(days=days)
    first = first_recorded(dbsession, tenant.id)
    since = max(start, first) if first else None
    result = Result(rehearsal, zone_of(tenant.timezone), start, since)
    kinds = [kind for kind, word in IN_CHANNELS.items() if word in rehearsal.route.kinds]
    for page in pages(dbsession, tenant.id, kinds, start):
        meant = [each for each in page if _means(rehearsal.route, each)]
        wanted = _preferences(dbsession, tenant.id, meant) if rehearsal.route.effect is Effect.MUTE else {}
        for past in meant:
            result.events += 1
            _try(result, past, wanted)
    return result


def _means(route: Route, past: PastEvent) -> bool:
    subject = about(past.kind, past.event)
    return subject is not None and route.mismatch(subject) is None


def _preferences(dbsession: Session, tenant_id: str, page: Sequence[PastEvent]) -> Wanted:
    people = {user.id for each in page if (user := addressee(each.kind, each.event))}
    found = preferences.of_users(dbsession, {(tenant_id, user_id) for user_id in people})
    return {user_id: each for (_, user_id), each in found.items()}


def _try(result: Result, past: PastEvent, wanted: Wanted) -> None:
    rehearsal = result.rehearsal
    before, after = (
        _decide(past, routes, wanted, rehearsal.patience) for routes in (rehearsal.without, rehearsal.within)
    )
    if rehearsal.route.effect is Effect.MUTE:
        notices = [each for where, each in before.items() if where not in after]
        result.silenced.update(each.conversation for each in notices if each.conversation)
    else:
        notices = _told(result, past, before, after)
    result.count(past, notices)
    if notices:
        locale = best_locale(rehearsal.route.locale, past.event.tenant.locale)
        result.examples.append(put_in_words(past.kind, past.event, locale, personal=False).sentence)


def _told(
    result: Result, past: PastEvent, before: dict[str, Decision], after: dict[str, Decision]
) -> list[Decision]:
    """The notice in the route's channel, whichever route tells it; none where it is muted, or left to others."""
    rehearsal = result.rehearsal
    channel = rehearsal.route.channel or ""
    if channel in after:
        result.already += channel in before
        return [after[channel]]
    subject = about(past.kind, past.event)
    is_muted = subject is not None and any(
        each.channel == channel for each, _ in choose(subject, rehearsal.within).muted
    )
    result.muted += is_muted
    result.left += not is_muted
    return []


def _decide(past: PastEvent, routes: Sequence[Route], wanted: Wanted, patience: float) -> dict[str, Decision]:
    """What these rules would have told, by conversation."""
    given = Circumstances(now=past.recorded_at, routes=routes, preferences=wanted, patience=patience)
    return {each.conversation: each for each in decide(past.kind, past.event, given) if each.conversation}
