"""social-core's pipeline, ours and short: read the validated claims, then recognise who it is (security.md B3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cocoom_hooks.payloads import User
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import identity, recognition, standing
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.login.claims import Claims, Profile
from cocoom_slack_plugin.login.policy import Pin, Rules, Standing
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.recognition import Newcomer
from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.login.verdict import only_refusals
from cocoom_slack_plugin.login.visit import Visit

if TYPE_CHECKING:
    from cocoom_slack_plugin.login.strategy import VisitStrategy


class SignedIn:
    """What a successful pipeline hands back; social-core writes the last two attributes."""

    def __init__(self, user: User, account_made: bool = False) -> None:
        self.user = user
        self.id = user.id
        self.account_made = account_made
        self.social_user: object = None
        self.is_new = False


class Vouched:
    """Whom Slack has named, for a link or a test; nobody is signed in by it. social-core writes the last two."""

    def __init__(self, claims: Claims, newcomer: Newcomer) -> None:
        self.claims = claims
        self.newcomer = newcomer
        self.social_user: object = None
        self.is_new = False


def read_claims(
    backend: SlackOpenIdConnect[Any], strategy: VisitStrategy, **_: Any
) -> dict[str, Claims | Newcomer]:
    """Take what we need from the validated id_token, and from nothing else."""
    id_token = backend.id_token or {}
    by_enterprise = strategy.visit.connection.login_pin == Pin.ENTERPRISE
    claims = replace(Claims.of(id_token), by_enterprise=by_enterprise)
    return {"claims": claims, "newcomer": Newcomer(Profile.of(id_token))}


def ask_standing(
    backend: SlackOpenIdConnect[Any], strategy: VisitStrategy, claims: Claims, newcomer: Newcomer, **_: Any
) -> dict[str, Newcomer]:
    """Ask Slack whether somebody who is not bound yet is a guest, within what remains of the deadline."""
    visit = strategy.visit
    with only_refusals(Code.UNAVAILABLE):
        if visit.purpose is Purpose.SIGN_IN and not _matters(visit, claims):
            return {}
        found = standing.ask(visit.runtime, visit.connection, claims.slack_user_id, backend.seconds_left())
    return {"newcomer": replace(newcomer, standing=found)}


def recognise(strategy: VisitStrategy, claims: Claims, newcomer: Newcomer, **_: Any) -> dict[str, object]:
    """Find or meet the collaborator, in one short transaction with no call to Slack inside. Raises Refused."""
    visit = strategy.visit
    hooks, tenant = visit.runtime.hooks, visit.tenant
    # What goes wrong in here is the host's trouble or ours, not a bad answer of Slack.
    with only_refusals(Code.UNAVAILABLE), transaction(hooks, tenant.id) as dbsession:
        found = recognition.recognise(dbsession, visit, claims, newcomer)
    return {"user": SignedIn(found.user, found.account_made), "is_new": found.is_new}


def vouch(claims: Claims, newcomer: Newcomer, **_: Any) -> dict[str, object]:
    """Hand over whom Slack named."""
    return {"user": Vouched(claims, newcomer)}


def _matters(visit: Visit, claims: Claims) -> bool:
    """Whether the answer can change anything: once bound, or where guests may enter, it cannot."""
    if Rules.of(visit.connection).refusal_of_guests(Standing.GUEST) is None or claims.email is None:
        return False
    with transaction(visit.runtime.hooks, visit.tenant.id) as dbsession:
        return identity.find(dbsession, visit.tenant.id, claims) is None
