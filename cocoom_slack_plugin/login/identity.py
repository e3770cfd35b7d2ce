"""Which Slack user signs in as which collaborator. The key is (tenant, workspace, Slack user) (security.md R10)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.login.tables import login_identity

row = login_identity.c


@dataclass(frozen=True, slots=True)
class Identity:
    """One bound Slack user of one tenant. ``team_id`` is the realm: an organisation's id where that is pinned."""

    team_id: str
    slack_user_id: str
    user_id: str


def find(dbsession: Session, tenant_id: str, claims: Claims) -> Identity | None:
    """The identity that these claims name in this tenant.

    One that was bound while the tenant pinned its organisation and now pins its workspace, or the reverse, is the same
    Slack user (slack.md A9) and counts, unless the realm of today names one already.
    """
    realms = [realm for realm in (claims.team_id, claims.enterprise_id) if realm]
    found = dbsession.execute(
        select(row.team_id, row.user_id)
        .where(
            row.tenant_id == tenant_id,
            row.team_id.in_(realms),
            row.slack_user_id == claims.slack_user_id,
        )
        .order_by((row.team_id == claims.realm).desc())
        .limit(1)
    ).one_or_none()
    return Identity(found.team_id, claims.slack_user_id, found.user_id) if found else None


def of_user(dbsession: Session, tenant_id: str, user_id: str) -> Identity | None:
    """The identity with which this collaborator signs in."""
    found = dbsession.execute(
        select(row.team_id, row.slack_user_id).where(row.tenant_id == tenant_id, row.user_id == user_id)
    ).one_or_none()
    return Identity(found.team_id, found.slack_user_id, user_id) if found else None


def bind(dbsession: Session, tenant_id: str, claims: Claims, user_id: str) -> bool:
    """Tie the Slack user to the collaborator, for good.

    False when either of them is tied already: the unique constraints decide, also between two at once, and a failure
    never means "then it must be that user" (CVE-2025-61783).
    """
    statement = insert(login_identity).values(
        tenant_id=tenant_id,
        team_id=claims.realm,
        slack_user_id=claims.slack_user_id,
        enterprise_id=claims.enterprise_id,
        user_id=user_id,
        last_login_at=func.now(),
    )
    bound = dbsession.execute(statement.on_conflict_do_nothing().returning(row.id))
    return bound.scalar_one_or_none() is not None


def touch(dbsession: Session, tenant_id: str, identity: Identity, claims: Claims) -> None:
    """Note that the identity was used now, within the realm of today; so its owner has not left Slack either."""
    dbsession.execute(
        update(login_identity)
        .where(row.tenant_id == tenant_id, row.user_id == identity.user_id)
        .values(
            team_id=claims.realm,
            enterprise_id=claims.enterprise_id,
            last_login_at=func.now(),
            left_at=None,
        )
    )


def forget(dbsession: Session, tenant_id: str, user_id: str | None = None) -> None:
    """Untie this collaborator; without one, everybody of the tenant."""
    wanted = true() if user_id is None else row.user_id == user_id
    dbsession.execute(delete(login_identity).where(row.tenant_id == tenant_id, wanted))


def forget_elsewhere(dbsession: Session, tenant_id: str, realms: Collection[str]) -> None:
    """Untie everybody who signed in with another workspace than these: nobody could be tied anew (``bind``)."""
    dbsession.execute(
        delete(login_identity).where(row.tenant_id == tenant_id, row.team_id.not_in(sorted(realms)))
    )
