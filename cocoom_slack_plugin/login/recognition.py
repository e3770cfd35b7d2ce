"""Which collaborator somebody is, whom Slack has vouched for (DESIGN.md section 6, rules 1, 4 and 5)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cocoom_hooks.payloads import User, UserStatus
from cocoom_slack_plugin.login import identity
from cocoom_slack_plugin.login.claims import Claims
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.people import person
from cocoom_slack_plugin.people.person import Person, Source

ENTERING = (UserStatus.INVITED, UserStatus.ACTIVE)


def recognise(dbsession: Session, visit: Visit, claims: Claims) -> tuple[User, bool]:
    """The active collaborator these claims stand for, bound to them from now on, and whether that is new.

    Raises Refused; the caller's transaction must then be rolled back.
    """
    bound = identity.find(dbsession, visit.tenant.id, claims)
    _refuse_linking(visit, bound)
    if bound:
        user = _let_in(dbsession, visit, _bound_user(dbsession, visit, bound))
        identity.touch(dbsession, visit.tenant.id, bound)
    else:
        user = _let_in(dbsession, visit, _invited_user(dbsession, visit, claims))
        if not identity.bind(dbsession, visit.tenant.id, claims, user.id):
            raise Refused(Code.IDENTITY_CONFLICT)
    found = Person(user.id, claims.team_id, claims.slack_user_id, Source.LOGIN)
    person.match(dbsession, visit.tenant.id, found)
    return user, bound is None


def _refuse_linking(visit: Visit, bound: identity.Identity | None) -> None:
    """Somebody who is signed in may arrive as themselves only; an account is never linked this way (CVE-2015-9284)."""
    if visit.current_user and (bound is None or bound.user_id != visit.current_user.id):
        raise Refused(Code.ALREADY_SIGNED_IN)


def _bound_user(dbsession: Session, visit: Visit, bound: identity.Identity) -> User:
    user = visit.runtime.hooks.user_by_id(visit.tenant, bound.user_id, dbsession)
    if user is None:
        raise Refused(Code.ACCOUNT_DISABLED)
    return user


def _invited_user(dbsession: Session, visit: Visit, claims: Claims) -> User:
    """The one account with the e-mail address that Slack has verified; it is met once (security.md R10, S113-S121)."""
    if claims.email is None:
        raise Refused(Code.EMAIL_UNVERIFIED if claims.email_known else Code.EMAIL_MISSING)
    found = visit.runtime.hooks.users_by_email(visit.tenant, claims.email, dbsession)
    there = [
        user for user in found if same_mailbox(user.email, claims.email) and user.status != UserStatus.REMOVED
    ]
    if not there:
        raise Refused(Code.NOT_INVITED)
    if len(there) > 1:
        raise Refused(Code.AMBIGUOUS)
    return there[0]


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
