"""A collaborator is deactivated or removed in Cocoom: what login does about it, in the host's own transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.login import attempts, identity
from cocoom_slack_plugin.people import person
from cocoom_slack_plugin.runtime import Runtime


def left(runtime: Runtime, tenant: Tenant, user_id: str, dbsession: Session) -> None:
    """Somebody was deactivated: their sessions end, what they have under way too (security.md S112).

    Their identity stays, so that they are the same person when they are reactivated.
    """
    runtime.hooks.end_sessions(tenant, user_id, dbsession)
    attempts.forget_user(dbsession, tenant.id, user_id)


def removed(runtime: Runtime, tenant: Tenant, user_id: str, dbsession: Session) -> None:
    """Somebody was removed: who they are in Slack is forgotten as well."""
    left(runtime, tenant, user_id, dbsession)
    identity.forget(dbsession, tenant.id, user_id)
    person.forget(dbsession, tenant.id, user_id)
