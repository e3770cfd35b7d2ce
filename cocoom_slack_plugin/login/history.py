"""Recent sign-ins and refusals, read from the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.login.outcomes import ACTIONS

RECENT = 50
row = audit.c


@dataclass(frozen=True, slots=True)
class Happening:
    """One record. ``who`` is the display name of a collaborator, None for somebody unknown or gone."""

    at: datetime
    action: str
    outcome: str
    who: str | None
    reference: str


def recent(dbsession: Session, hooks: Hooks, tenant: Tenant, limit: int = RECENT) -> list[Happening]:
    """The newest records of this room about people, newest first."""
    found = dbsession.execute(
        select(row.at, row.action, row.outcome, row.actor, row.correlation_id)
        .where(row.tenant_id == tenant.id, row.action.in_(ACTIONS))
        .order_by(row.at.desc(), row.id.desc())
        .limit(limit)
    ).all()
    names = _names(dbsession, hooks, tenant, [each.actor for each in found])
    return [
        Happening(each.at, each.action, each.outcome, names.get(each.actor), each.correlation_id)
        for each in found
    ]


def _names(dbsession: Session, hooks: Hooks, tenant: Tenant, actors: Sequence[str | None]) -> dict[str, str]:
    known = {actor: hooks.user_by_id(tenant, actor, dbsession) for actor in set(actors) if actor}
    return {actor: user.display_name for actor, user in known.items() if user}
