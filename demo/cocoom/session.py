"""Pyramid's session over the sessions table: the cookie holds a random token, everything else stays here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pyramid.interfaces import ISession
from zope.interface import implementer

from demo.cocoom import session_rows
from demo.cocoom.database import in_transaction
from demo.cocoom.session_cookie import session_cookie, session_token
from demo.cocoom.tables import SessionRow

CSRF_TOKEN = "_csrft_"


def includeme(config: Any) -> None:
    """Sets the session factory, and asks for a CSRF token on every POST that does not say otherwise."""
    config.set_session_factory(ServerSession)
    config.set_default_csrf_options(require_csrf=True)


@implementer(ISession)
class ServerSession(MutableMapping[str, Any]):
    """One browser at one base. A row is written with the first content, in the request's own transaction."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._token = session_token(request)
        self._row = self._find()
        self._data: dict[str, Any] = dict(self._row.data) if self._row else {}
        self._tell_browser = False
        request.add_response_callback(self._set_cookie)

    # --- who ---

    @property
    def user_id(self) -> str | None:
        return self._row.user_id if self._row else None

    def sign_in(self, user_id: str, max_age: int | None = None) -> list[tuple[str, str]]:
        """Start anew as this collaborator: another token, no old content. Returns the headers to send.

        The session ends after ``max_age`` seconds, if that is sooner than sessions end anyway.
        """
        self.invalidate()
        self._start(user_id, session_rows.LIFETIME if max_age is None else timedelta(seconds=max_age))
        self._tell_browser = False
        return [("Set-Cookie", session_cookie(self._request, self._token))]

    # --- ISession ---

    @property
    def created(self) -> int:
        return int((self._row.created_at if self._row else datetime.now(UTC)).timestamp())

    @property
    def new(self) -> bool:
        return self._row is None or self._tell_browser

    def invalidate(self) -> None:
        """Forget everything, here and in the table."""
        if self._row is not None and in_transaction(self._request):
            self._request.dbsession.delete(self._row)
            self._request.dbsession.flush()
        self._tell_browser = bool(self._token)
        self._row, self._token, self._data = None, "", {}

    def changed(self) -> None:
        if not in_transaction(self._request):
            return
        if self._row is None:
            self._start(user_id=None)
        elif self._row.data != self._data:
            self._row.data = {**self._data}

    def flash(self, msg: Any, queue: str = "", allow_duplicate: bool = True) -> None:
        messages = self.peek_flash(queue)
        if allow_duplicate or msg not in messages:
            self[f"_f_{queue}"] = [*messages, msg]

    def pop_flash(self, queue: str = "") -> list[Any]:
        return list(self.pop(f"_f_{queue}", []))

    def peek_flash(self, queue: str = "") -> list[Any]:
        return list(self.get(f"_f_{queue}", []))

    def new_csrf_token(self) -> str:
        self[CSRF_TOKEN] = token = secrets.token_urlsafe(24)
        return token

    def get_csrf_token(self) -> str:
        return self.get(CSRF_TOKEN) or self.new_csrf_token()

    # --- the mapping ---

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._data[key] = value
        self.changed()

    def __delitem__(self, key: str) -> None:
        del self._data[key]
        self.changed()

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    # --- the row and the cookie ---

    @property
    def _secret(self) -> str:
        return str(self._request.registry.cocoom_host.secret)

    def _find(self) -> SessionRow | None:
        request = self._request
        if not self._token or not request.tenant or not in_transaction(request):
            return None
        return session_rows.find(
            request.dbsession, token=self._token, secret=self._secret, tenant_id=request.tenant.id
        )

    def _start(self, user_id: str | None, lifetime: timedelta = session_rows.LIFETIME) -> None:
        self._token = session_rows.new_token()
        self._row = session_rows.start(
            self._request.dbsession,
            token=self._token,
            secret=self._secret,
            tenant_id=self._request.tenant.id,
            user_id=user_id,
            data={**self._data},
            lifetime=lifetime,
        )
        self._tell_browser = True

    def _set_cookie(self, request: Any, response: Any) -> None:
        if self._tell_browser:
            response.headerlist.append(("Set-Cookie", session_cookie(request, self._token)))
