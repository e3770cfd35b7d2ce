"""A collaborator's account: invited, active, deactivated, removed (cocoom.md 1.2)."""

from __future__ import annotations

import uuid

from cocoom_hooks.payloads import AdministratorNotice, CollaboratorEvent, Role, UserStatus
from demo.cocoom import payloads, queries, session_rows
from demo.cocoom.actions import letters
from demo.cocoom.actions.acting import Acting, ImpossibleError
from demo.cocoom.passwords import DEMO_PASSWORD, hash_password
from demo.cocoom.rights import Right
from demo.cocoom.tables import UserRow


def invite(acting: Acting, *, email: str, display_name: str, role: Role) -> UserRow:
    """Fires nothing: an invitation is a letter. Somebody removed earlier gets their account back."""
    acting.require(Right.ADMINISTER)
    known = queries.users_by_email(acting.dbsession, acting.tenant.id, email)
    if any(user.status != UserStatus.REMOVED for user in known):
        raise ImpossibleError(f"{email} is in this base already")
    user = known[0] if known else UserRow(id=_new_id(), tenant_id=acting.tenant.id)
    user.email, user.display_name, user.role = email, display_name, role
    user.status, user.password_hash = UserStatus.INVITED, hash_password(DEMO_PASSWORD)
    acting.dbsession.add(user)
    letters.write(acting.dbsession, acting.tenant, email, _invitation(acting))
    return user


def welcome(
    acting: Acting, *, email: str, display_name: str, role: Role, locale: str | None
) -> UserRow | None:
    """An account without an invitation, usable at once. None: somebody has this e-mail, whatever their status."""
    if queries.users_by_email(acting.dbsession, acting.tenant.id, email):
        return None
    user = UserRow(
        id=_new_id(),
        tenant_id=acting.tenant.id,
        email=email,
        display_name=display_name,
        role=role,
        status=UserStatus.ACTIVE,
        locale=locale,
    )
    acting.dbsession.add(user)
    acting.dbsession.flush()
    _tell(acting, user, "collaborator_joined")
    return user


def activate(acting: Acting, user: UserRow) -> bool:
    """The account becomes usable, by the first sign-in. Fires once. False: it may not be used."""
    if user.status == UserStatus.INVITED:
        user.status = UserStatus.ACTIVE
        _tell(acting, user, "collaborator_joined")
    return user.is_active


def prefer(acting: Acting, *, locale: str | None, timezone: str | None) -> None:
    """Somebody sets their own language and time zone, None for the base's. Fires nothing."""
    acting.author.locale, acting.author.timezone = locale, timezone


def deactivate(acting: Acting, user: UserRow) -> None:
    """Also ends their sessions."""
    _change(acting, user, (UserStatus.ACTIVE, UserStatus.INVITED), UserStatus.DEACTIVATED)
    _tell(acting, user, "collaborator_deactivated")


def reactivate(acting: Acting, user: UserRow) -> None:
    _change(acting, user, (UserStatus.DEACTIVATED,), UserStatus.ACTIVE)
    _tell(acting, user, "collaborator_reactivated")


def remove(acting: Acting, user: UserRow) -> None:
    """For good, and only after deactivation. What they wrote stays."""
    _change(acting, user, (UserStatus.DEACTIVATED,), UserStatus.REMOVED)
    _tell(acting, user, "collaborator_removed")


def _new_id() -> str:
    return f"u-{uuid.uuid4().hex[:12]}"


def _change(acting: Acting, user: UserRow, before: tuple[UserStatus, ...], after: UserStatus) -> None:
    acting.require(Right.ADMINISTER)
    if acting.actor is not None and acting.actor.id == user.id:
        raise ImpossibleError("nobody changes their own account's status")
    if user.status not in before:
        raise ImpossibleError(f"somebody {user.status} cannot become {after}")
    user.status = after
    session_rows.end_of_user(acting.dbsession, tenant_id=acting.tenant.id, user_id=user.id)


def _tell(acting: Acting, user: UserRow, hook: str) -> None:
    collaborator = payloads.user_of(user, acting.tenant)
    acting.tell(hook, CollaboratorEvent(**acting.envelope(), collaborator=collaborator))


def _invitation(acting: Acting) -> AdministratorNotice:
    tenant = acting.tenant
    text = f"{acting.author.display_name} invites you to {tenant.name}. Signing in is all it takes."
    return AdministratorNotice(subject=f"Join {tenant.name} on Cocoom", text=text, url=f"{tenant.url}/login")
