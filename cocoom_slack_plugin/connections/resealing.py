"""Sealing every stored secret with the active key, beside everybody who uses them.

A page of connections in a short transaction each; a secret is overwritten only while it is the one that was read. What
is interrupted goes on where it ended, because what is sealed with the active key is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections.connection import COLUMNS, Connection
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.connections.vault import SecretKind, Vault, key_id_of
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import SecretUnreadable

PAGE = 50
"""Connections in one transaction."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A secret that none of the keys opens."""

    tenant_id: str
    kind: SecretKind
    key_id: str


@dataclass(slots=True)
class Tally:
    """So far: secrets looked at, of these sealed anew (or to be), saved by somebody else meanwhile, unreadable."""

    seen: int = 0
    resealed: int = 0
    overtaken: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)


_IN_USE = text("""
    SELECT split_part(sealed, '.', 2) AS key_id, count(*) AS secrets
    FROM cocoom_slack_connection c,
         LATERAL (VALUES (c.sealed_client_secret), (c.sealed_bot_token), (c.sealed_signing_secret)) AS s(sealed)
    WHERE sealed IS NOT NULL GROUP BY 1
""")


def in_use(dbsession: Session) -> dict[str, int]:
    """How many secrets are sealed with which key, by key id."""
    return {row.key_id: row.secrets for row in dbsession.execute(_IN_USE)}


def reseal(hooks: Hooks, vault: Vault, actor: str, *, dry_run: bool = False) -> Iterator[Tally]:
    """Seal what is not sealed with the active key, and yield the same tally after each page.

    A dry run opens everything and writes nothing.
    """
    tally, after = Tally(), ""
    while True:
        with transaction(hooks) as dbsession:
            page = _page(dbsession, after)
            for each in page:
                _reseal_all_of(dbsession, vault, each, tally, None if dry_run else actor)
        if not page:
            return
        after = page[-1].tenant_id
        yield tally


def _page(dbsession: Session, after: str) -> Sequence[Connection]:
    wanted = select(*COLUMNS).where(connection.c.tenant_id > after).order_by(connection.c.tenant_id)
    return [Connection(**row._mapping) for row in dbsession.execute(wanted.limit(PAGE))]


def _reseal_all_of(
    dbsession: Session, vault: Vault, seen: Connection, tally: Tally, actor: str | None
) -> None:
    changed = {}
    for kind in SecretKind:
        sealed: str | None = getattr(seen, f"sealed_{kind}")
        if sealed is None:
            continue
        tally.seen += 1
        try:
            values = _sealed_anew(vault, seen, kind, sealed)
        except SecretUnreadable:
            tally.unreadable.append(Unreadable(seen.tenant_id, kind, key_id_of(sealed)))
            continue
        if values and actor and not _replace(dbsession, seen, kind, sealed, values):
            tally.overtaken += 1
        elif values:
            tally.resealed += 1
            changed[f"key_of_{kind}"] = key_id_of(sealed)
    if changed and actor:
        after = dict.fromkeys(changed, vault.active_key_id)
        audit.record(
            dbsession, seen.tenant_id, "connection.rotate_keys", actor=actor, before=changed, after=after
        )


def _sealed_anew(vault: Vault, seen: Connection, kind: SecretKind, sealed: str) -> dict[str, Any]:
    """The columns to write; none when the active key sealed it, which is proved by opening it."""
    secret = vault.open(sealed, seen.tenant_id, kind)
    if key_id_of(sealed) == vault.active_key_id:
        return {}
    values = {f"sealed_{kind}": vault.seal(secret, seen.tenant_id, kind)}
    if kind is SecretKind.BOT_TOKEN:
        # It is made with the active key too, and is compared with those of other connections.
        values["bot_token_fingerprint"] = vault.fingerprint(secret)
    return values


def _replace(
    dbsession: Session, seen: Connection, kind: SecretKind, sealed: str, values: dict[str, Any]
) -> bool:
    """Overwrite the secret unless somebody saved another. The version stays: what is sealed is the same."""
    unchanged = [connection.c.tenant_id == seen.tenant_id, connection.c[f"sealed_{kind}"] == sealed]
    written = dbsession.execute(update(connection).where(*unchanged).values(**values, updated_at=func.now()))
    return written.rowcount == 1  # type: ignore[attr-defined,no-any-return]
