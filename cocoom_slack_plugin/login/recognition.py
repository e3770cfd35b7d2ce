"""Which collaborator somebody is, whom Slack has vouched for (DESIGN.md section 6, rules 1, 4 and 5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from cocoom_hooks.payloads import User, UserStatus
from cocoom_slack_plugin.login import identity
from cocoom_slack_plugin.login.claims import Claims, Profile
from cocoom_slack_plugin.login.policy import Rules, Standing
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.people import person
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.translations import best_locale

ENTERING = (UserStatus.INVITED, UserStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What counts only until somebody is bound: how they call themselves, and whether they are a guest."""

    profile: Profile = field(default_factory=Profile)
    standing: Standing = Standing.UNKNOWN


@dataclass(frozen=True, slots=True)
class Recognised:
    """An active collaborator; whether they were bound just now, and whether their account was made just now."""

    user: User
    is_new: bool = False
    account_made: bool = False


def recognise(dbsession: Session, visit: Visit, claims: Claims, newcomer: Newcomer) -> Recognised:
    """The active collaborator these claims stand for, bound to them from now on.

    Raises Refused; the caller's transaction must then be rolled back.
    """
    bound = identity.find(dbsession, visit.tenant.id, claims)
    _refuse_linking(visit, bound)
    if bound:
        found = Recognised(_let_in(dbsession, visit, _bound_user(dbsession, visit, bound)))
        identity.touch(dbsession, visit.tenant.id, bound, claims)
    else:
        found = _bind(dbsession, visit, claims, _first_time(dbsession, visit, claims, newcomer))
    person.match(
        dbsession,
        visit.tenant.id,
        Person(found.user.id, claims.team_id, claims.slack_user_id, Source.LOGIN),
    )
    return found


def _bind(dbsession: Session, visit: Visit, claims: Claims, found: Recognised) -> Recognised:
    """Tie the two together. Somebody who was quicker is fine only if they tied the very same two (a double click)."""
    if identity.bind(dbsession, visit.tenant.id, claims, found.user.id):
        return found
    tied = identity.find(dbsession, visit.tenant.id, claims)
    if tied is None or tied.user_id != found.user.id or found.account_made:
        raise Refused(Code.IDENTITY_CONFLICT)
    return Recognised(found.user)


def _refuse_linking(visit: Visit, bound: identity.Identity | None) -> None:
    """Somebody who is signed in may arrive as themselves only; an account is never linked this way (CVE-2015-9284)."""
    if visit.current_user and (bound is None or bound.user_id != visit.current_user.id):
        raise Refused(Code.ALREADY_SIGNED_IN)


def _bound_user(dbsession: Session, visit: Visit, bound: identity.Identity) -> User:
    user = visit.runtime.hooks.user_by_id(visit.tenant, bound.user_id, dbsession)
    if user is None:
        raise Refused(Code.ACCOUNT_DISABLED)
    return user


def _first_time(dbsession: Session, visit: Visit, claims: Claims, newcomer: Newcomer) -> Recognised:
    """Meet the account with the e-mail address that Slack has verified, once (security.md R10, S113-S121).

    An account is made only for somebody whom the policy admits and of whom the host knows nothing, not even an account
    that was deactivated or removed.
    """
    if claims.email is None:
        raise Refused(Code.EMAIL_UNVERIFIED if claims.email_known else Code.EMAIL_MISSING)
    rules = Rules.of(visit.connection)
    known = visit.runtime.hooks.users_by_email(visit.tenant, claims.email, dbsession)
    account = _one_account([user for user in known if same_mailbox(user.email, claims.email)])
    of_workspace = claims.team_id == visit.connection.team_id
    if account is None and (known or not rules.admits(claims.email, of_workspace=of_workspace)):
        raise Refused(Code.NOT_INVITED)
    if refused := rules.refusal_of_guests(newcomer.standing):
        raise Refused(refused)
    user = account or _make_account(dbsession, visit, claims.email, newcomer.profile)
    return Recognised(_let_in(dbsession, visit, user), is_new=True, account_made=account is None)


def _one_account(found: list[User]) -> User | None:
    there = [user for user in found if user.status != UserStatus.REMOVED]
    if len(there) > 1:
        raise Refused(Code.AMBIGUOUS)
    return there[0] if there else None


def _make_account(dbsession: Session, visit: Visit, email: str, profile: Profile) -> User:
    name = profile.name or email.partition("@")[0]
    locale = best_locale(profile.locale, visit.tenant.locale)
    role = Rules.of(visit.connection).role
    made = visit.runtime.hooks.create_user(visit.tenant, email, name, role, locale, dbsession)
    if made is None or not same_mailbox(made.email, email):
        raise Refused(Code.NOT_INVITED)
    return made


def _let_in(dbsession: Session, visit: Visit, user: User) -> User:
    if user.status not in ENTERING:
        raise Refused(Code.ACCOUNT_DISABLED)
    active = visit.runtime.hooks.activate_user(visit.tenant, user.id, dbsession)
    if active is None or active.id != user.id or active.status != UserStatus.ACTIVE:
        raise Refused(Code.ACCOUNT_DISABLED)
    return active


def same_mailbox(one: str, other: str) -> bool:
    """Equal but for the case of ASCII letters. Unicode's folding would make one mailbox of ``ß`` and ``ss``."""
    return _folded(one) == _folded(other)


def _folded(mailbox: str) -> bytes:
    # Bytes know lower case for ASCII alone.
    return mailbox.encode("utf-8", "surrogatepass").lower()
