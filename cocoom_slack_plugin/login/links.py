"""Tying a signed-in user to a Slack account of theirs, and untying it (security.md R5, S130-S133; features.md 31)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.login import attempts, identity
from cocoom_slack_plugin.login.claims import Claims, Profile
from cocoom_slack_plugin.login.policy import Pin
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.people import person
from cocoom_slack_plugin.people.person import Person, Source


@dataclass(frozen=True, slots=True)
class Named:
    """Whom Slack named, kept with the attempt until the user confirms. Holds no e-mail: a link does not need one."""

    team_id: str
    slack_user_id: str
    enterprise_id: str | None
    name: str
    workspace: str

    @classmethod
    def of(cls, claims: Claims, profile: Profile) -> Named:
        """From claims that were validated just now."""
        return cls(
            claims.team_id, claims.slack_user_id, claims.enterprise_id, profile.name, profile.workspace
        )

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Named:
        """From what was kept."""
        return cls(**kept)

    def kept(self) -> dict[str, Any]:
        """What is kept."""
        return asdict(self)

    def claims(self, connection: Connection) -> Claims:
        """The claims again. Raises Refused(expired) when the connection has another workspace by now."""
        by_enterprise = connection.login_pin == Pin.ENTERPRISE
        pinned = connection.enterprise_id if by_enterprise else connection.team_id
        if pinned is None or (self.enterprise_id if by_enterprise else self.team_id) != pinned:
            raise Refused(Code.EXPIRED)
        return Claims(self.team_id, self.slack_user_id, self.enterprise_id, by_enterprise=by_enterprise)


def source(dbsession: Session, connection: Connection, user_id: str) -> Source | None:
    """How we know this user's Slack account, None when we do not."""
    if identity.of_user(dbsession, connection.tenant_id, user_id):
        return Source.LOGIN
    matched = person.find(dbsession, connection.tenant_id, user_id, connection.team_id)
    return matched.source if matched else None


def refuse_conflict(dbsession: Session, tenant_id: str, user_id: str, claims: Claims) -> None:
    """Raise Refused(identity_conflict) when either side is tied already, but not to the other."""
    theirs = identity.find(dbsession, tenant_id, claims)
    mine = identity.of_user(dbsession, tenant_id, user_id)
    if (theirs and theirs.user_id != user_id) or (mine and theirs is None):
        raise Refused(Code.IDENTITY_CONFLICT)


def tie(dbsession: Session, tenant_id: str, user_id: str, claims: Claims) -> None:
    """Tie them. Tied to each other already is fine. Raises Refused(identity_conflict); roll back then."""
    refuse_conflict(dbsession, tenant_id, user_id, claims)
    bound = identity.find(dbsession, tenant_id, claims)
    if bound:
        identity.touch(dbsession, tenant_id, bound, claims)
    elif not identity.bind(dbsession, tenant_id, claims, user_id):
        raise Refused(Code.IDENTITY_CONFLICT)
    match = Person(user_id, claims.team_id, claims.slack_user_id, Source.LOGIN)
    person.match(dbsession, tenant_id, match)


def untie(dbsession: Session, connection: Connection, user_id: str) -> None:
    """Forget who this user is in Slack, and what they have under way. Raises Refused(only_way_in)."""
    if connection.login_only:
        raise Refused(Code.ONLY_WAY_IN)
    person.forget(dbsession, connection.tenant_id, user_id)
    identity.forget(dbsession, connection.tenant_id, user_id)
    attempts.forget_user(dbsession, connection.tenant_id, user_id)
