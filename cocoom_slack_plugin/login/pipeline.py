"""social-core's pipeline, ours and short: read the validated claims, then recognise who it is (security.md B3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoom_hooks.payloads import User
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import recognition
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.login.verdict import only_refusals

if TYPE_CHECKING:
    from cocoom_slack_plugin.login.strategy import VisitStrategy


class SignedIn:
    """What a successful pipeline hands back; social-core writes the last two attributes."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = user.id
        self.social_user: object = None
        self.is_new = False


def read_claims(backend: SlackOpenIdConnect[Any], **_: Any) -> dict[str, Claims]:
    """Take what we need from the validated id_token, and from nothing else."""
    return {"claims": Claims.of(backend.id_token or {})}


def recognise(strategy: VisitStrategy, claims: Claims, **_: Any) -> dict[str, object]:
    """Find or meet the collaborator, in one short transaction with no call to Slack inside. Raises Refused."""
    visit = strategy.visit
    hooks, tenant = visit.runtime.hooks, visit.tenant
    # What goes wrong in here is the host's trouble or ours, not a bad answer of Slack.
    with only_refusals(Code.UNAVAILABLE), transaction(hooks, tenant.id) as dbsession:
        user, is_new = recognition.recognise(dbsession, visit, claims)
    return {"user": SignedIn(user), "is_new": is_new}
