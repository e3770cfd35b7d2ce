"""What the audit says of a connection: everything that people change, and of secrets only whether they changed."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind

NAMES = (
    "team_id",
    "team_name",
    "enterprise_id",
    "app_id",
    "bot_user_id",
    "client_id",
    "scopes",
    "login_enabled",
    "login_policy",
    "login_domains",
    "login_role",
    "login_guests",
    "login_pin",
    "login_only",
    "notifications_enabled",
)


def facts(seen: Connection | None) -> dict[str, Any]:
    """By name, for the ``before`` and ``after`` of a record; nothing where there is no connection."""
    if seen is None:
        return {}
    found = {name: getattr(seen, name) for name in NAMES}
    sealed = {kind.value: getattr(seen, f"sealed_{kind}") for kind in SecretKind}
    return found | {kind: SecretStr(value) for kind, value in sealed.items() if value is not None}
