"""Connections as a test wants them, without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cocoom_slack_plugin.connections.connection import Connection

TESTED = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def connection() -> Callable[..., Connection]:
    """Of both functions, with the bot's scopes given; any column may be changed."""

    def make(*scopes: str, **changes: Any) -> Connection:
        columns: dict[str, Any] = dict.fromkeys(Connection.__dataclass_fields__)
        columns |= {"tenant_id": "t-acme", "team_id": "T0ACME", "app_id": "A0ACME", "client_id": "1.2"}
        columns |= {"sealed_client_secret": "sealed", "sealed_bot_token": "sealed", "login_tested_at": TESTED}
        columns |= {"login_enabled": True, "notifications_enabled": True, "scopes": sorted(scopes)}
        return Connection(**{**columns, **changes})

    return make
