"""A stranger: a Cocoom user whom we looked for in the tenant's workspace in vain, and what they missed by that."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, case, delete, func, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import User
from cocoom_slack_plugin.people.tables import stranger

row = stranger.c


class Reason(enum.StrEnum):
    """Why nobody in Slack is known to be them."""

    NOT_FOUND = "not_found"
    """No active member of the workspace has their e-mail, or only one who is somebody else for a surer reason."""
    NO_SCOPE = "no_scope"
    """The app may not look for people by e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """One row. ``age`` is how many seconds ago they were looked for, by the database's clock, when it was read."""

    user_id: str
    team_id: str
    email: str
    display_name: str
    reason: Reason
    missed: int
    looked_up_at: datetime
    last_missed_at: datetime
    age: float

    def still_holds(self, email: str, team_id: str, *, may_look: bool, seconds: float) -> bool:
        """Whether this still answers who has the ``email`` in this workspace, so that Slack need not be asked.

        What Slack did not find holds for so many ``seconds``; that we may not look, for as long as we may not.
        """
        if (self.email.lower(), self.team_id) != (email.lower(), team_id):
            return False
        if not may_look:
            return self.reason is Reason.NO_SCOPE
        return self.reason is Reason.NOT_FOUND and self.age < seconds


_COLUMNS = select(
    row.tenant_id,
    *(row[name] for name in Stranger.__dataclass_fields__ if name != "age"),
    func.extract("epoch", func.clock_timestamp() - row.looked_up_at).label("age"),
)


def of_users(dbsession: Session, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Stranger]:
    """The strangers among these (tenant, Cocoom user), by the same key."""
    rows = dbsession.execute(_COLUMNS.where(tuple_(row.tenant_id, row.user_id).in_(sorted(wanted))))
    return {(each.tenant_id, each.user_id): _stranger(each) for each in rows}


def of_tenant(dbsession: Session, tenant_id: str) -> list[Stranger]:
    """All strangers of a tenant, first those who missed most."""
    everybody = _COLUMNS.where(row.tenant_id == tenant_id).order_by(row.missed.desc(), row.user_id)
    return [_stranger(each) for each in dbsession.execute(everybody)]


def remember(dbsession: Session, tenant_id: str, user: User, team_id: str, reason: Reason) -> None:
    """Note that this user was looked for just now in this workspace, and why in vain.

    Under another e-mail, or in another workspace, they begin anew: what they missed before is forgotten.
    """
    values = {"tenant_id": tenant_id, "user_id": user.id, "team_id": team_id, "email": user.email}
    values |= {"display_name": user.display_name, "reason": reason.value}
    new = insert(stranger).values(values)
    is_same = and_(
        func.lower(row.email) == func.lower(new.excluded.email), row.team_id == new.excluded.team_id
    )
    changes = {**values, "looked_up_at": func.now(), "missed": case((is_same, row.missed), else_=0)}
    dbsession.execute(new.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=changes))


_MISSED = text("""
    UPDATE cocoom_slack_stranger s SET missed = s.missed + v.missed, last_missed_at = now()
    FROM unnest(CAST(:tenants AS text[]), CAST(:users AS text[]), CAST(:missed AS int[]))
         AS v(tenant_id, user_id, missed)
    WHERE s.tenant_id = v.tenant_id AND s.user_id = v.user_id
""")


def count_missed(dbsession: Session, missed: Mapping[tuple[str, str], int]) -> None:
    """Add to what strangers, by (tenant, Cocoom user), could not be told."""
    tenants, users = [tenant for tenant, _ in missed], [user for _, user in missed]
    given = {"tenants": tenants, "users": users, "missed": list(missed.values())}
    dbsession.execute(_MISSED, given)


def forget(dbsession: Session, tenant_id: str, user_id: str | None = None) -> bool:
    """Forget that this user is a stranger; without a user, forget all of the tenant. Returns whether there was one."""
    wanted = true() if user_id is None else row.user_id == user_id
    gone = dbsession.execute(delete(stranger).where(row.tenant_id == tenant_id, wanted))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _stranger(found: Row[*tuple[object, ...]]) -> Stranger:
    values = {name: getattr(found, name) for name in Stranger.__dataclass_fields__}
    return Stranger(**{**values, "reason": Reason(values["reason"]), "age": float(values["age"])})
