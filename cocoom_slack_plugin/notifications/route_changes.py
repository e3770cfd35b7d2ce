"""Changes of a tenant's routes by somebody, each with an audit record that says what it was and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.notifications import routes
from cocoom_slack_plugin.notifications.route import Route
from cocoom_slack_plugin.notifications.route_file import entry


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is None for a route that is new, ``after`` for one that is gone."""

    before: Route | None
    after: Route | None

    @property
    def action(self) -> str:
        """The word of it for the audit."""
        if self.before is None:
            return "route.add"
        return "route.remove" if self.after is None else "route.change"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file makes of the routes that are there. Those of the same meaning keep their number and their place."""

    changes: Sequence[Change] = ()
    unchanged: Sequence[Route] = field(default=())


def plan(there: Sequence[Route], wanted: Sequence[Route], *, replaces: bool) -> Plan:
    """The changes in the order of the file, then what is removed: only where the file ``replaces`` everything."""
    known = {each.meaning: each for each in there}
    changes, unchanged = [], []
    for each in wanted:
        before = known.pop(each.meaning, None)
        if before == each:
            unchanged.append(before)
        else:
            changes.append(Change(before, replace(each, number=before.number if before else None)))
    others = list(known.values())
    if replaces:
        changes += [Change(each, None) for each in others]
    return Plan(changes, unchanged if replaces else [*unchanged, *others])


def carry_out(dbsession: Session, tenant_id: str, changes: Sequence[Change], actor: str) -> list[Change]:
    """Write the changes and their audit records, all under one correlation id; the routes then have their numbers."""
    routes.lock(dbsession, tenant_id)
    wanted = [each.after for each in changes if each.after]
    numbered = iter(routes.add(dbsession, tenant_id, *wanted))
    correlation_id = audit.new_correlation_id()
    done = []
    for each in changes:
        if each.after is not None:
            each = replace(each, after=next(numbered))
        elif each.before and each.before.number:
            routes.remove(dbsession, tenant_id, each.before.number)
        _write_down(dbsession, tenant_id, each, actor, correlation_id)
        done.append(each)
    return done


def _write_down(dbsession: Session, tenant_id: str, change: Change, actor: str, correlation_id: str) -> None:
    one = change.after or change.before
    audit.record(
        dbsession,
        tenant_id,
        change.action,
        actor=actor,
        correlation_id=correlation_id,
        number=one.number if one else None,
        before=entry(change.before) if change.before else None,
        after=entry(change.after) if change.after else None,
    )
