"""social-core's storage over our one row per attempt: its "nonce" is the state, its "association" the OpenID nonce."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from social_core.storage import AssociationMixin, BaseStorage
from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import attempts
from cocoom_slack_plugin.login.attempts import Owner
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.visit import Visit


class StoredNonce(AssociationMixin):
    """The OpenID nonce of one attempt."""

    def __init__(self, state: str, nonce: str, issued: int, lifetime: int) -> None:
        self.id = state
        self.assoc_type = state
        self.handle = nonce
        self.issued = issued
        self.lifetime = lifetime


class AttemptStorage(BaseStorage):
    """Every call is a short transaction of its own, committed before it returns.

    So a state is spent before its code is exchanged, and stays spent when the exchange fails (security.md S26). Users
    and their identities are not here: the pipeline does them in one transaction, and what social-core would do with
    them raises NotImplementedError.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._spent_state: str | None = None
        self.nonce: Any = _States(self)
        self.association: Any = _Nonces(self)

    @contextmanager
    def attempts(self) -> Iterator[tuple[Session, Owner]]:
        """A transaction and the owner of the attempts. Raises Refused(session_lost) without a browser's value."""
        owner = self._visit.owner
        if owner is None:
            raise Refused(Code.SESSION_LOST)
        with transaction(self._visit.runtime.hooks, self._visit.tenant.id) as dbsession:
            yield dbsession, owner

    @property
    def lifetime(self) -> int:
        return self._visit.runtime.settings.sign_in_lifetime

    @property
    def next_path(self) -> str:
        return self._visit.next_path

    @property
    def spent_state(self) -> str | None:
        """The state that this very request has consumed."""
        return self._spent_state

    def spend(self, state: str) -> None:
        self._spent_state = state


class _States:
    def __init__(self, storage: AttemptStorage) -> None:
        self._storage = storage

    def use(self, server_url: str, timestamp: int, salt: str) -> bool:
        """Store a new attempt; False when the state exists. Clears away what has expired."""
        with self._storage.attempts() as (dbsession, owner):
            attempts.purge(dbsession, owner.tenant_id)
            return attempts.add(
                dbsession,
                owner,
                salt,
                next_path=self._storage.next_path,
                started=timestamp,
                lifetime=self._storage.lifetime,
            )

    def consume(self, server_url: str, timestamp: int, salt: str) -> bool:
        """Spend the attempt; False when somebody else did or it is not this browser's."""
        with self._storage.attempts() as (dbsession, owner):
            consumed = attempts.consume(dbsession, owner, salt, timestamp)
        if consumed:
            self._storage.spend(salt)
        return consumed


class _Nonces:
    def __init__(self, storage: AttemptStorage) -> None:
        self._storage = storage

    def store(self, server_url: str, association: Any) -> None:
        """Write the nonce to its attempt. Raises Refused(session_lost) when there is none waiting for one."""
        with self._storage.attempts() as (dbsession, owner):
            stored = attempts.remember_nonce(dbsession, owner, association.assoc_type, association.handle)
        if not stored:
            raise Refused(Code.SESSION_LOST)

    def get(self, server_url: str | None = None, handle: str | None = None) -> list[StoredNonce]:
        """The nonce of the attempt that this request has consumed, if it is this one."""
        state = self._storage.spent_state
        if state is None or not handle:
            return []
        with self._storage.attempts() as (dbsession, owner):
            attempt = attempts.find(dbsession, owner, state)
        if attempt is None or attempt.nonce != handle:
            return []
        return [StoredNonce(state, handle, attempt.started, self._storage.lifetime)]

    def remove(self, ids_to_delete: list[str]) -> None:
        """Drop the nonce: it counts once."""
        with self._storage.attempts() as (dbsession, owner):
            for state in ids_to_delete:
                attempts.forget_nonce(dbsession, owner, state)
