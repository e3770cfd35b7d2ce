"""For which tenants the pages of this room exist at all (DESIGN.md section 5: off means off)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function


@dataclass(frozen=True, slots=True)
class Admitted:
    """A tenant that uses notifications. ``connection`` is None when the database could not be asked."""

    tenant: Tenant
    connection: Connection | None

    def connected(self) -> Connection:
        """The connection. Raises SQLAlchemyError."""
        if self.connection is None:
            raise SQLAlchemyError("the connection could not be read")
        return self.connection


class NotificationsOn:
    """Route predicate ``cocoom_slack_notifications``: the host keeps these paths wherever notifications are off."""

    def __init__(self, wanted: bool, config: Any) -> None:
        self.wanted = wanted

    def text(self) -> str:
        return f"cocoom_slack_notifications = {self.wanted}"

    phash = text

    def __call__(self, info: Any, request: Any) -> bool:
        admitted = admit(request)
        request.cocoom_slack_notifications = admitted
        return (admitted is not None) == self.wanted


def admit(request: Any) -> Admitted | None:
    """The tenant of this request if it uses notifications; with the operator's switch off nothing is read."""
    runtime = Runtime.of(request)
    tenant = runtime.hooks.tenant_of_request(request)
    if tenant is None or not runtime.settings.tenants.allow(Function.NOTIFICATIONS, tenant):
        return None
    try:
        found = switched_on(runtime, tenant)
    except SQLAlchemyError:
        # Better our page that says so than the host's 404.
        return Admitted(tenant, None)
    return Admitted(tenant, found) if found else None


def switched_on(runtime: Runtime, tenant: Tenant) -> Connection | None:
    """The tenant's connection if its administrator has switched notifications on. Reads the database.

    A broken connection counts: notices wait meanwhile, and people's word on them is asked when they are told.
    """
    with transaction(runtime.hooks, tenant.id) as dbsession:
        found = connections.find(dbsession, tenant.id)
    return found if found and found.is_enabled(Function.NOTIFICATIONS) else None
