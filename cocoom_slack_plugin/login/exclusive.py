"""Slack only: whether a tenant's people sign in this way and no other (DESIGN.md section 6.7; features.md row 29)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_

FIELD = "Slack only"
NOT_RUNNING = N_("Sign in with Slack is off.")
NOT_TESTED = N_("First make a test sign-in that would sign you in as yourself.")


def problem(seen: Connection) -> str | None:
    """Why this tenant may not close its other doors (a message id), None when it may.

    A test counts only for the credentials and the workspace it was made with: saving others takes it back.
    """
    if not seen.runs(Function.LOGIN):
        return NOT_RUNNING
    return NOT_TESTED if seen.login_tested_at is None else None


def switch(dbsession: Session, seen: Connection, on: bool, actor: str) -> None:
    """Close the other doors, or open them again, which is always possible.

    Raises InvalidInput, and ChangedMeanwhile when somebody saved the connection since ``seen`` was read.
    """
    if on and (found := problem(seen)):
        raise InvalidInput(FIELD, found)
    connections.change(dbsession, seen, {"login_only": on})
    audit.record(
        dbsession,
        seen.tenant_id,
        "login.only",
        actor=actor,
        before={"login_only": seen.login_only},
        after={"login_only": on},
    )
