"""A test sign-in: the same path to the same decision, and then nothing of it stays."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from cocoom_hooks.payloads import Role, UserStatus
from cocoom_slack_plugin.login import recognition, standing
from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.login.pipeline import Vouched
from cocoom_slack_plugin.login.policy import Pin, Rules, Standing
from cocoom_slack_plugin.login.recognition import Recognised
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.verdict import only_refusals
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.translations import N_


class Mark(enum.StrEnum):
    """How a step went; said in words as well, because a colour or a sign alone is not read out."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was looked at, how it went, and a sentence (message ids) with its fields."""

    what: str
    mark: Mark
    said: str
    fields: dict[str, str] = field(default_factory=dict)


ANSWER, WORKSPACE, EMAIL = N_("Slack’s answer"), N_("Workspace"), N_("E-mail address")
MEMBERSHIP, ENTERPRISE, DECISION = N_("Membership"), N_("Organisation"), N_("Decision")
ROLES = {Role.READER: N_("reader"), Role.CONTRIBUTOR: N_("contributor")}


def rehearse(visit: Visit, vouched: Vouched) -> Recognised | Refused:
    """What a sign-in would decide for whom Slack named, if nobody were signed in. Everything is rolled back."""
    tenant = visit.tenant
    as_nobody = replace(visit, current_user=None)
    try:
        with only_refusals(Code.UNAVAILABLE), visit.runtime.hooks.open_dbsession(tenant.id) as dbsession:
            try:
                return recognition.recognise(dbsession, as_nobody, vouched.claims, vouched.newcomer)
            finally:
                dbsession.rollback()
    except Refused as refused:
        return refused


def is_the_tester(visit: Visit, decided: Recognised | Refused) -> bool:
    """Whether it would have signed in exactly the administrator who ran it."""
    if isinstance(decided, Refused) or decided.account_made:
        return False
    return decided.user.id == visit.user_id and decided.user.status == UserStatus.ACTIVE


def unverified(refused: Refused) -> list[Step]:
    """The steps when Slack's answer did not pass: then nothing that it says is shown."""
    if refused.reason is Code.WRONG_WORKSPACE:
        return [
            _genuine(),
            Step(WORKSPACE, Mark.NO, N_("It is not the workspace {workspace}, to which {base} belongs.")),
        ]
    return [Step(ANSWER, Mark.NO, N_("There is no answer that could be used."))]


def verified(visit: Visit, vouched: Vouched) -> list[Step]:
    """The steps of an answer that passed."""
    claims = vouched.claims
    name = vouched.newcomer.profile.workspace or claims.team_id
    return [
        _genuine(),
        Step(WORKSPACE, Mark.YES, "{name}", {"name": name}),
        _email(claims),
        _membership(visit, vouched.newcomer.standing),
        _enterprise(visit, claims),
    ]


def decision(visit: Visit, decided: Recognised) -> Step:
    """The last step of a sign-in that would succeed."""
    name = {"name": decided.user.display_name}
    if is_the_tester(visit, decided):
        return Step(DECISION, Mark.YES, N_("You would be signed in as yourself, {name}."), name)
    if decided.account_made:
        role = ROLES[Rules.of(visit.connection).role]
        return Step(
            DECISION,
            Mark.YES,
            N_("A new account would be made for {name}, as {role}, and signed in."),
            name | {"role": role},
        )
    return Step(DECISION, Mark.OPEN, N_("Somebody else than you would be signed in: {name}."), name)


def masked(email: str) -> str:
    """``a***@acme.example``: enough to recognise one's own."""
    mailbox, _, domain = email.rpartition("@")
    return f"{mailbox[:1] if len(mailbox) > 1 else ''}***@{domain}"


def _genuine() -> Step:
    return Step(ANSWER, Mark.YES, N_("It is genuine: signature, sender, time and nonce were verified."))


def _email(claims: Claims) -> Step:
    if claims.email:
        said = N_("{email}, which Slack has verified")
        return Step(EMAIL, Mark.YES, said, {"email": masked(claims.email)})
    if claims.email_known:
        return Step(EMAIL, Mark.NO, N_("There is one, but Slack has not verified it."))
    return Step(EMAIL, Mark.NO, N_("Slack did not tell one."))


def _membership(visit: Visit, found: Standing) -> Step:
    welcome = Rules.of(visit.connection).refusal_of_guests(found) is None
    if found is Standing.MEMBER:
        return Step(MEMBERSHIP, Mark.YES, N_("A full member of the workspace."))
    if found is Standing.GUEST:
        said = (
            N_("A guest of the workspace; guests may enter.")
            if welcome
            else N_("A guest of the workspace; guests may not enter.")
        )
        return Step(MEMBERSHIP, Mark.YES if welcome else Mark.NO, said)
    if standing.can_be_asked(visit.connection):
        said = N_("Slack could not be asked whether this is a guest.")
    else:
        said = N_("Not known: that needs a bot token with the scope users:read.")
    return Step(MEMBERSHIP, Mark.OPEN if welcome else Mark.NO, said)


def _enterprise(visit: Visit, claims: Claims) -> Step:
    if claims.enterprise_id is None:
        return Step(ENTERPRISE, Mark.OPEN, N_("None: this is not Enterprise Grid."))
    if visit.connection.login_pin == Pin.ENTERPRISE:
        return Step(
            ENTERPRISE, Mark.YES, N_("{id}, the one to which {base} belongs."), {"id": claims.enterprise_id}
        )
    return Step(
        ENTERPRISE, Mark.OPEN, N_("{id}; only the workspace counts here."), {"id": claims.enterprise_id}
    )
