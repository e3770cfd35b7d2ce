"""Who is asking, and what their role lets them do. Both are looked up anew on every request."""

from __future__ import annotations

from typing import Any

from pyramid.security import Allowed, Denied

from demo.cocoom import queries
from demo.cocoom.actions.acting import Acting
from demo.cocoom.rights import rights_of
from demo.cocoom.tables import UserRow


def includeme(config: Any) -> None:
    """Sets the security policy and adds ``request.acting``: whoever is signed in, ready to act."""
    config.set_security_policy(SessionSecurityPolicy())
    config.add_request_method(_acting, "acting", reify=True)


class SessionSecurityPolicy:
    """Pyramid's security policy over the host's own session. Permissions are the rights of the role."""

    def identity(self, request: Any) -> UserRow | None:
        """The signed-in collaborator's row, None as soon as they are not active any more."""
        if request.tenant is None or request.session.user_id is None:
            return None
        row = queries.user_by_id(request.dbsession, request.tenant.id, request.session.user_id)
        return row if row and row.is_active else None

    def authenticated_userid(self, request: Any) -> str | None:
        identity = self.identity(request)
        return identity.id if identity else None

    def permits(self, request: Any, context: Any, permission: str) -> Allowed | Denied:
        identity = self.identity(request)
        if identity is None:
            return Denied("nobody is signed in")
        if permission in rights_of(identity.role):
            return Allowed("the role %s has the right %s", identity.role, permission)
        return Denied("the role %s lacks the right %s", identity.role, permission)

    def remember(self, request: Any, userid: str, **_: Any) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = request.session.sign_in(userid)
        return headers

    def forget(self, request: Any, **_: Any) -> list[tuple[str, str]]:
        request.session.invalidate()
        return []


def _acting(request: Any) -> Acting:
    return Acting(request.dbsession, request.registry.cocoom_hooks, request.tenant, request.identity)
