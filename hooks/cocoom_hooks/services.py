"""Service hooks: a plugin asks, the host answers (first result that is not None).

They hold for every service hook of this module:

* *When*: whenever a plugin needs the answer, in the web process or in a worker; those that take a ``request`` in the
  web process alone.
* *Transaction*: where a ``dbsession`` is given, the answer is read or written in it; the caller commits. Those that
  take a ``request`` may use the request's own session.
* *Returns*: None means that no plugin (the host included) knows; the facade says for each service what follows.
* *Raising*: goes through to the asking plugin.
* *Order*: the host is asked first; a plugin can answer only what the host does not.
* *Since*: 0.1, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from cocoom_hooks.host import DatabaseSession, Request, SessionContext
from cocoom_hooks.markers import hookspec
from cocoom_hooks.payloads import AdministratorNotice, Role, Tenant, User


@hookspec(firstresult=True)
def cocoom_tenant_of_request(request: Request) -> Tenant | None:
    """The tenant whose address this request came to. None: no tenant lives there, answer 404."""


@hookspec(firstresult=True)
def cocoom_find_tenant(key: str, dbsession: DatabaseSession) -> Tenant | None:
    """The tenant with this id or, failing that, this subdomain. None: there is none."""


@hookspec(firstresult=True)
def cocoom_open_dbsession(tenant_id: str | None) -> SessionContext | None:
    """A database session of its own, outside any request and transaction manager; the caller commits.

    Host and plugins keep their tables in one database: an account and what a plugin knows of it change together.
    The tenant id says for whom the session is, None that it is for several. The answer None is an error of the set-up.
    """


@hookspec(firstresult=True)
def cocoom_user_by_id(tenant: Tenant, user_id: str, dbsession: DatabaseSession) -> User | None:
    """The collaborator of this tenant with this id, whatever their status. None: there is none."""


@hookspec(firstresult=True)
def cocoom_users_by_email(tenant: Tenant, email: str, dbsession: DatabaseSession) -> Sequence[User] | None:
    """The collaborators of this tenant with this e-mail, compared without regard to case, whatever their status.

    A sequence, because more than one is a fault that the asker must see. Empty or None: nobody.
    """


@hookspec(firstresult=True)
def cocoom_activate_user(tenant: Tenant, user_id: str, dbsession: DatabaseSession) -> User | None:
    """Make an invited collaborator an active one and fire ``cocoom_collaborator_joined``. Returns them as they are now.

    Somebody active already is returned unchanged. None: nobody has this id, or they were deactivated or removed.
    """


@hookspec(firstresult=True)
def cocoom_create_user(
    tenant: Tenant,
    email: str,
    display_name: str,
    role: Role,
    locale: str | None,
    dbsession: DatabaseSession,
) -> User | None:
    """Make an active collaborator without an invitation and fire ``cocoom_collaborator_joined``. Returns them.

    Asked only where the tenant's administrators opened the door that wide, with an e-mail that was verified. None:
    somebody has this e-mail already, or the host does not make accounts this way.
    """


@hookspec(firstresult=True)
def cocoom_current_user(request: Request) -> User | None:
    """Who is signed in on this request at this request's tenant. None: nobody."""


@hookspec(firstresult=True)
def cocoom_log_in(
    request: Request, tenant: Tenant, user_id: str, max_age: int | None
) -> Sequence[tuple[str, str]] | None:
    """Sign this collaborator in: start a new session (a new id, nothing of the old one kept) and bind it to the tenant.

    The session ends after ``max_age`` seconds at the latest, whatever its use; with None, as the host's own sessions.
    Returns the headers that the response must carry, possibly none. None: refused (unknown or not active).
    """


@hookspec(firstresult=True)
def cocoom_end_sessions(tenant: Tenant, user_id: str, dbsession: DatabaseSession) -> int | None:
    """End all sessions of this collaborator, everywhere. Returns how many were ended."""


@hookspec(firstresult=True)
def cocoom_thread_followers(
    tenant: Tenant, thread_id: str, dbsession: DatabaseSession
) -> Sequence[User] | None:
    """The active collaborators who follow this thread. Empty or None: nobody."""


@hookspec(firstresult=True)
def cocoom_tell_administrators(
    tenant: Tenant, notice: AdministratorNotice, dbsession: DatabaseSession
) -> bool | None:
    """Tell the administrators of this tenant something by the host's own means (mail, bell). True: it will be told."""


@hookspec(firstresult=True)
def cocoom_may_administer(request: Request, tenant: Tenant) -> bool | None:
    """Whether the person behind this request may administer this tenant. None counts as False."""
