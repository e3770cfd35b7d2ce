"""Replacing one credential of a connection by its successor: of the same app, proved first, in one transaction."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr
from sqlalchemy import func
from sqlalchemy.orm import Session

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connect import of_identity, prove_bot, prove_client
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.facts import facts
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.errors import InvalidInput, NotConnected, SecretUnreadable
from cocoom_slack_plugin.slack import Identity, SlackGateway

CONNECT = "`cocoom-slack connect` connects"


async def prove_bot_token(
    gateway: SlackGateway, vault: Vault, seen: Connection, token: SecretStr
) -> Identity:
    """Ask Slack whether this is a bot token of the same app in the same workspace.

    Raises NotConnected, InvalidInput with the reason, or SlackError when Slack is away.
    """
    _refuse_the_same(vault, seen, SecretKind.BOT_TOKEN, token)
    identity = await prove_bot(gateway, token)
    if identity.team_id != seen.team_id:
        found, known = f"{identity.team_name} ({identity.team_id})", f"{seen.team_name} ({seen.team_id})"
        problem = f"it belongs to the workspace {found}, but this base is connected to {known}"
        raise InvalidInput("bot token", f"{problem}; {CONNECT} another workspace")
    if not _is_same_app(seen, identity):
        found, known = identity.app_id or identity.user_id, seen.app_id or seen.bot_user_id or "unknown"
        problem = f"it belongs to another Slack app ({found} instead of {known})"
        raise InvalidInput("bot token", f"{problem}; {CONNECT} another app")
    return identity


async def prove_client_secret(
    gateway: SlackGateway, vault: Vault, seen: Connection, secret: SecretStr
) -> None:
    """Ask Slack whether it is the secret of the connection's own client id. Raises as ``prove_bot_token``."""
    _refuse_the_same(vault, seen, SecretKind.CLIENT_SECRET, secret)
    await prove_client(gateway, seen.client_id or "", secret)


def replace_bot_token(
    dbsession: Session, vault: Vault, seen: Connection, token: SecretStr, identity: Identity, actor: str
) -> None:
    """Store a proved successor; the connection is healthy with it. Raises ChangedMeanwhile."""
    values = {
        f"sealed_{SecretKind.BOT_TOKEN}": vault.seal(token, seen.tenant_id, SecretKind.BOT_TOKEN),
        "bot_token_fingerprint": vault.fingerprint(token),
        **of_identity(identity),
        "health": "ok",
        "health_code": None,
        "health_changed_at": func.now(),
    }
    _replace(dbsession, seen, values, SecretKind.BOT_TOKEN, actor)


def replace_client_secret(
    dbsession: Session, vault: Vault, seen: Connection, secret: SecretStr, actor: str
) -> None:
    """Store a proved successor. Raises ChangedMeanwhile.

    The test sign-in stays good: client id, redirect address and workspace are those it was made with.
    """
    kind = SecretKind.CLIENT_SECRET
    _replace(dbsession, seen, {f"sealed_{kind}": vault.seal(secret, seen.tenant_id, kind)}, kind, actor)


def _replace(
    dbsession: Session, seen: Connection, values: dict[str, Any], kind: SecretKind, actor: str
) -> None:
    connections.change(dbsession, seen, values)
    now = connections.get(dbsession, seen.tenant_id)
    audit.record(
        dbsession,
        seen.tenant_id,
        "connection.rotate",
        actor=actor,
        before=facts(seen),
        after=facts(now),
        credential=kind.value,
    )


def _refuse_the_same(vault: Vault, seen: Connection, kind: SecretKind, given: SecretStr) -> None:
    name = kind.replace("_", " ")
    if getattr(seen, f"sealed_{kind}") is None:
        raise NotConnected(f"this base has no {name} that could be replaced: {CONNECT} it with one")
    try:
        known = seen.open_secret(vault, kind)
    except SecretUnreadable:
        return  # To give it anew is what helps.
    if known == given:
        raise InvalidInput(name, f"this is the one that is stored already; {CONNECT} again with the same")


def _is_same_app(seen: Connection, identity: Identity) -> bool:
    if seen.app_id and identity.app_id:
        return seen.app_id == identity.app_id
    # Slack names the app only where that applies (slack.md B4); its bot is one in each workspace.
    return seen.bot_user_id == identity.user_id
