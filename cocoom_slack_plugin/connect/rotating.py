"""Replacing a credential while everything runs: proved, stored, and only then the old one is ended."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connect.retiring import Retired, ask, revoke_replaced
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections import rotation
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Rotated:
    """The connection before and after, and what became of the old token."""

    before: Connection
    now: Connection
    retired: Retired

    @property
    def lost_scopes(self) -> list[str]:
        """What the old token could do and the new one cannot."""
        return sorted(set(self.before.scopes) - set(self.now.scopes))


def rotate_bot_token(
    runtime: Runtime, tenant: Tenant, token: SecretStr, actor: str, *, revoke_old: bool | None = None
) -> Rotated:
    """Give a tenant another bot token of the same app.

    ``revoke_old`` None ends the old one only where this does not take the bot out of its channels. Raises NotConnected,
    InvalidInput, ChangedMeanwhile, and SlackError when Slack cannot be asked about the new one.
    """
    seen = _seen(runtime, tenant)
    identity = ask(runtime, lambda slack: rotation.prove_bot_token(slack, runtime.vault, seen, token))
    with transaction(runtime.hooks) as dbsession:
        rotation.replace_bot_token(dbsession, runtime.vault, seen, token, identity, actor)
        now = connections.get(dbsession, tenant.id)
    retired = revoke_replaced(runtime, seen, now, revoke_old)
    write_down(runtime, tenant, retired, actor)
    return Rotated(seen, now, retired)


def rotate_client_secret(runtime: Runtime, tenant: Tenant, secret: SecretStr, actor: str) -> None:
    """Give a tenant another client secret of the same client id. Slack keeps the old one for a day (slack.md B5).

    Raises as ``rotate_bot_token``.
    """
    seen = _seen(runtime, tenant)
    ask(runtime, lambda slack: rotation.prove_client_secret(slack, runtime.vault, seen, secret))
    with transaction(runtime.hooks) as dbsession:
        rotation.replace_client_secret(dbsession, runtime.vault, seen, secret, actor)


def write_down(runtime: Runtime, tenant: Tenant, retired: Retired, actor: str) -> None:
    """Record what became of a token that was replaced."""
    with transaction(runtime.hooks) as dbsession:
        audit.record(
            dbsession,
            tenant.id,
            "connection.revoke",
            retired.code or "ok",
            actor=actor,
            token=retired.fate.value,
        )


def _seen(runtime: Runtime, tenant: Tenant) -> Connection:
    with transaction(runtime.hooks) as dbsession:
        return connections.get(dbsession, tenant.id)
