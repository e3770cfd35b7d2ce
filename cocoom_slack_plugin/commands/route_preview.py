"""What a dry run of a route found, for somebody who decides whether to keep it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.instants import shown
from cocoom_slack_plugin.notifications import dry_run
from cocoom_slack_plugin.notifications import routes as routing
from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.notifications.dry_run import Result
from cocoom_slack_plugin.notifications.route import Effect, Route
from cocoom_slack_plugin.notifications.route_file import entry
from cocoom_slack_plugin.notifications.route_text import in_words
from cocoom_slack_plugin.notifications.sightings import unseen
from cocoom_slack_plugin.runtime import Runtime


def rehearse(runtime: Runtime, base: Tenant, dbsession: Session, route: Route, days: int) -> Result:
    """Try a route on what was recorded. Raises BadParameter for more days than records are kept."""
    most = runtime.settings.notice_days
    if days > most:
        raise click.BadParameter(
            f"records are kept for {most} days (cocoom_slack.notice_days)", param_hint="--days"
        )
    stored = routing.everything(dbsession, base.id)
    rehearsal = dry_run.rehearse(stored, route, runtime.settings.gather_seconds)
    result = dry_run.run(dbsession, base, rehearsal, days)
    result.notes += unseen(dbsession, base.id, [route], days)
    return result


def show(result: Result, as_json: bool) -> None:
    """Write the result to the terminal."""
    if as_json:
        click.echo(json.dumps(_plain(result), ensure_ascii=False, indent=2))
        return
    for line in _lines(result):
        click.echo(line)


def _lines(result: Result) -> list[str]:
    route = result.rehearsal.route
    lines = ["dry run, nothing is stored: " + in_words(route)]
    if result.rehearsal.replaces and route.number is None:
        lines.append(f"it would take the place of route {result.rehearsal.replaces}")
    lines += [_span(result), *_totals(result)]
    if result.notices:
        lines += _times(result)
    if result.examples:
        lines += ["the newest of them:", *(f"  {each}" for each in reversed(result.examples))]
    return [*lines, *(f"note: {each}" for each in result.notes)]


def _span(result: Result) -> str:
    if result.since is None:
        return "no event is recorded yet: nothing can be said"
    if result.since > result.asked_since:
        return f"recorded since {shown(result.since)} (UTC), not for longer"
    return f"since {shown(result.since)} (UTC)"


def _totals(result: Result) -> list[str]:
    meant = counted(result.events, "event") + " meant"
    if result.rehearsal.route.effect is Effect.MUTE:
        where = ", ".join(f"{_place(name)}: {number}" for name, number in _silenced(result))
        silenced = f"{counted(result.notices, 'notice')} would have been silenced"
        return [f"{meant}; {silenced}{f' ({where})' if where else ''}"]
    rest = [
        f"; {result.already} of these are told there by other routes anyway" if result.already else "",
        f"; {result.muted} muted" if result.muted else "",
        f"; {result.left} left to other routes" if result.left else "",
    ]
    return [
        f"{meant}: {counted(result.notices, 'notice')} in {result.rehearsal.route.channel}{''.join(rest)}"
    ]


def _times(result: Result) -> list[str]:
    zone, busiest = result.zone.key, result.busiest
    days = [f"  {day:%a %Y-%m-%d}  {result.per_day[day]:>5}" for day in sorted(result.per_day)]
    together = f"in {counted(result.messages, 'message')}, as far as the channel's pace allows"
    lines = [together, f"per day ({zone}):", *days]
    if busiest:
        lines.append(f"busiest hour: {busiest[0]:%a %Y-%m-%d %H}:00, {counted(busiest[1], 'notice')}")
    return lines


def _silenced(result: Result) -> list[tuple[str, int]]:
    """By conversation, those of people as one: who is told what is nobody else's business."""
    channels = [(name, number) for name, number in result.silenced.items() if not name.startswith(PERSONAL)]
    people = sum(number for name, number in result.silenced.items() if name.startswith(PERSONAL))
    return sorted(channels) + ([(PERSONAL, people)] if people else [])


def _place(name: str) -> str:
    return "direct messages" if name == PERSONAL else name


def _plain(result: Result) -> dict[str, Any]:
    route, busiest = result.rehearsal.route, result.busiest
    return {
        "route": {"number": route.number, "says": in_words(route), **entry(route)},
        "takes_the_place_of": result.rehearsal.replaces if route.number is None else None,
        "asked_since": _instant(result.asked_since),
        "recorded_since": _instant(result.since) if result.since else None,
        "events": result.events,
        "notices": result.notices,
        "told_by_others_already": result.already,
        "muted": result.muted,
        "left_to_others": result.left,
        "messages": result.messages,
        "silenced": {_place(name): number for name, number in _silenced(result)},
        "timezone": result.zone.key,
        "per_day": {day.isoformat(): result.per_day[day] for day in sorted(result.per_day)},
        "busiest_hour": {"from": busiest[0].isoformat(), "notices": busiest[1]} if busiest else None,
        "examples": list(reversed(result.examples)),
        "notes": result.notes,
    }


def _instant(instant: datetime) -> str:
    return instant.isoformat()
