"""What follows from connecting: people of another workspace are forgotten, and what waited for it is held."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.login import identity as identities
from cocoom_slack_plugin.notifications import held
from cocoom_slack_plugin.people import person as people


def settle(dbsession: Session, before: Connection | None, now: Connection) -> None:
    """To be called in the transaction that saves ``now`` over ``before``."""
    people.forget_elsewhere(dbsession, now.tenant_id, now.team_id)
    realms = {now.team_id, now.enterprise_id} - {None}
    identities.forget_elsewhere(dbsession, now.tenant_id, {each for each in realms if each})
    if before is None or before.team_id != now.team_id:
        held.hold(dbsession, now.tenant_id)
