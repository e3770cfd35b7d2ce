"""Connecting a tenant: credentials are proved live before anything is saved, and only together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.facts import facts
from cocoom_slack_plugin.connections.tables import connection as table
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.connections.workspace_change import WorkspaceChange, dropped, without_old
from cocoom_slack_plugin.errors import InvalidInput, SlackRefused
from cocoom_slack_plugin.slack import Identity, SlackGateway
from cocoom_slack_plugin.slack_scopes import Scope
from cocoom_slack_plugin.switches import Function

REQUIRED_SCOPES = frozenset({Scope.CHAT_WRITE})
USEFUL_SCOPES = {
    Scope.CHAT_WRITE_PUBLIC: "post in public channels to which the bot was not invited",
    Scope.USERS_READ_EMAIL: "find people by their e-mail, for direct messages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody gave; at least a bot token, or client id, client secret and workspace."""

    bot_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    signing_secret: SecretStr | None = None
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What Slack confirmed. ``identity`` is the bot's, None where no bot token was given."""

    credentials: Credentials
    identity: Identity | None
    team_id: str


async def prove(gateway: SlackGateway, given: Credentials, known: Connection | None = None) -> Proof:
    """Ask Slack about every credential. Raises InvalidInput that names the field, or SlackError when Slack is away.

    ``known`` is the tenant's connection so far: its workspace is meant where nothing else names one. Whether another
    one is named is for ``workspace_change`` to say.
    """
    if (given.client_id is None) != (given.client_secret is None):
        raise InvalidInput("client id and client secret", "give both or none; login needs both")
    if given.bot_token is None and given.client_id is None:
        raise InvalidInput(
            "credentials", "give a bot token (notifications), or client id and secret (login), or all"
        )
    identity = await prove_bot(gateway, given.bot_token) if given.bot_token else None
    team_id = _one_team(given, identity, known)
    if given.client_id and given.client_secret:
        await prove_client(gateway, given.client_id, given.client_secret)
    return Proof(given, identity, team_id)


def workspace_change(known: Connection | None, proof: Proof) -> WorkspaceChange | None:
    """What changes when this is saved over a connection with another workspace, None where there is none."""
    if known is None or known.team_id == proof.team_id:
        return None
    new_name = proof.identity.team_name if proof.identity else ""
    stops = dropped(known, *_has(proof))
    return WorkspaceChange(known.team_id, known.team_name, proof.team_id, new_name, stops)


def save(
    dbsession: Session,
    vault: Vault,
    tenant_id: str,
    proof: Proof,
    actor: str,
    *,
    change_workspace: bool = False,
) -> Connection:
    """Seal and store what was proved. Returns the connection as it is now.

    Raises InvalidInput when another tenant already uses the client id, and when the workspace is another one and
    nobody agreed to change it: then what the old one's app brought, and is not given anew, is removed.
    """
    given, seen = proof.credentials, connections.find(dbsession, tenant_id)
    if given.client_id and _is_used_elsewhere(dbsession, tenant_id, given.client_id):
        raise _used_elsewhere()
    change = workspace_change(seen, proof)
    if change and not change_workspace:
        problem = f"the base is connected to {change.old_id}, these credentials are of {change.new_id}"
        raise InvalidInput("workspace", f"{problem}; agree to change the workspace, or disconnect first")
    values = without_old(*_has(proof)) if change else {}
    values |= _sealed(vault, tenant_id, proof)
    values |= _unproved(seen, given, values)
    try:
        connections.save(dbsession, tenant_id, values)
    except IntegrityError:
        raise _used_elsewhere() from None
    now = connections.get(dbsession, tenant_id)
    before, after = facts(seen), facts(now)
    audit.record(dbsession, tenant_id, "connection.connect", actor=actor, before=before, after=after)
    return now


def switch(dbsession: Session, seen: Connection, function: Function, on: bool, actor: str) -> None:
    """Switch a function on or off. Raises InvalidInput when the connection lacks what the function needs."""
    if on and function is Function.LOGIN and not (seen.client_id and seen.sealed_client_secret):
        raise InvalidInput("login", "connect with client id and client secret first")
    if on and function is Function.NOTIFICATIONS and not seen.sealed_bot_token:
        raise InvalidInput("notifications", "connect with a bot token first")
    connections.change(dbsession, seen, {f"{function}_enabled": on})
    name = f"{function}_enabled"
    audit.record(
        dbsession,
        seen.tenant_id,
        f"connection.{'enable' if on else 'disable'}",
        actor=actor,
        before={name: seen.is_enabled(function)},
        after={name: on},
        function=function,
    )


async def prove_bot(gateway: SlackGateway, token: SecretStr) -> Identity:
    """Whose bot this is, and that it may post. Raises InvalidInput, or SlackError when Slack is away."""
    try:
        identity = await gateway.auth_test(token)
    except SlackRefused as refused:
        advice = "copy it again; if it is right, the app was removed or may not be used from this address"
        raise InvalidInput("bot token", f"Slack answers {refused.code}: {advice}") from None
    if identity.bot_id is None:
        raise InvalidInput("bot token", "Slack says that this token is a person's, not a bot's")
    if missing := sorted(REQUIRED_SCOPES - identity.scopes):
        raise InvalidInput(
            "bot token", f"it lacks {', '.join(missing)}: add that to the app and install it again"
        )
    return identity


async def prove_client(gateway: SlackGateway, client_id: str, secret: SecretStr) -> None:
    """That the two belong together. Raises InvalidInput, or SlackError when Slack is away."""
    try:
        await gateway.knows_client(client_id, secret)
    except SlackRefused as refused:
        field = "client secret" if refused.code == "bad_client_secret" else "client id"
        raise InvalidInput(
            field, f"Slack answers {refused.code}: copy both again from “Basic Information”"
        ) from None


def _one_team(given: Credentials, identity: Identity | None, known: Connection | None) -> str:
    found = identity.team_id if identity else given.team_id or (known.team_id if known else None)
    if found is None:
        raise InvalidInput("workspace", "login alone needs the id of the workspace (T...)")
    if identity and given.team_id not in (None, found):
        problem = (
            f"it belongs to the workspace {identity.team_name} ({found}), but {given.team_id} is expected"
        )
        raise InvalidInput("bot token", f"{problem}; give the other workspace's, or leave the id out")
    return found


def _has(proof: Proof) -> tuple[bool, bool]:
    """Whether there is a bot token, and whether there is a client."""
    return proof.identity is not None, proof.credentials.client_id is not None


def _sealed(vault: Vault, tenant_id: str, proof: Proof) -> dict[str, Any]:
    """The columns that what was given makes."""
    given = proof.credentials
    values: dict[str, Any] = {"team_id": proof.team_id}
    for kind in SecretKind:
        secret: SecretStr | None = getattr(given, kind)
        if secret is not None:
            values[f"sealed_{kind}"] = vault.seal(secret, tenant_id, kind)
    if given.client_id:
        values["client_id"] = given.client_id
    if proof.identity and given.bot_token:
        values |= of_identity(proof.identity)
        values["bot_token_fingerprint"] = vault.fingerprint(given.bot_token)
    return values


def of_identity(identity: Identity) -> dict[str, Any]:
    """The columns that a bot token's identity fills."""
    return {
        "team_name": identity.team_name,
        "team_url": identity.team_url,
        "enterprise_id": identity.enterprise_id,
        "app_id": identity.app_id,
        "bot_user_id": identity.user_id,
        "scopes": sorted(identity.scopes),
    }


def _unproved(seen: Connection | None, given: Credentials, values: dict[str, Any]) -> dict[str, Any]:
    """What of login must be proved or chosen anew, so that nobody is locked out by another app or workspace."""
    enterprise_id = values.get("enterprise_id", seen.enterprise_id if seen else None)
    moved = seen is not None and (seen.team_id, seen.enterprise_id) != (values["team_id"], enterprise_id)
    changes: dict[str, Any] = {}
    if given.client_id or moved:
        changes |= {"login_tested_at": None, "login_only": False}
    if moved:
        changes["login_pin"] = "workspace"
    return changes


def _is_used_elsewhere(dbsession: Session, tenant_id: str, client_id: str) -> bool:
    others = select(table.c.tenant_id).where(table.c.client_id == client_id, table.c.tenant_id != tenant_id)
    return dbsession.scalar(others) is not None


def _used_elsewhere() -> InvalidInput:
    problem = "this Slack app is already connected to another base; each base has its own"
    return InvalidInput("client id", problem)
