"""For which tenants the sign-in addresses exist at all (DESIGN.md section 5: off means off)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function


@dataclass(frozen=True, slots=True)
class Admitted:
    """A tenant whose login runs. ``connection`` is None when the database could not be asked."""

    tenant: Tenant
    connection: Connection | None

    def connected(self) -> Connection:
        """The connection. Raises Refused(unavailable)."""
        if self.connection is None:
            raise Refused(Code.UNAVAILABLE)
        return self.connection


class LoginRuns:
    """Route predicate ``cocoom_slack_login``: the host keeps these paths wherever Slack login does not run."""

    def __init__(self, wanted: bool, config: Any) -> None:
        self.wanted = wanted

    def text(self) -> str:
        return f"cocoom_slack_login = {self.wanted}"

    phash = text

    def __call__(self, info: Any, request: Any) -> bool:
        admitted = admit(request)
        request.cocoom_slack_login = admitted
        return (admitted is not None) == self.wanted


class LoginAllowed:
    """Route predicate ``cocoom_slack_login_allowed``: the operator lets the tenant use login, be it on or off.

    For the administrators' pages, on which a function that is off can be looked at and prepared.
    """

    def __init__(self, wanted: bool, config: Any) -> None:
        self.wanted = wanted

    def text(self) -> str:
        return f"cocoom_slack_login_allowed = {self.wanted}"

    phash = text

    def __call__(self, info: Any, request: Any) -> bool:
        runtime = Runtime.of(request)
        tenant = runtime.hooks.tenant_of_request(request)
        allowed = tenant is not None and runtime.settings.tenants.allow(Function.LOGIN, tenant)
        if tenant and allowed:
            request.cocoom_slack_login = Admitted(tenant, _stored(runtime, tenant))
        return allowed == self.wanted


def _stored(runtime: Runtime, tenant: Tenant) -> Connection | None:
    try:
        with transaction(runtime.hooks, tenant.id) as dbsession:
            return connections.find(dbsession, tenant.id)
    except SQLAlchemyError:
        # The view meets the same trouble and answers with our page.
        return None


def admit(request: Any) -> Admitted | None:
    """The tenant of this request if its login runs. With the operator's switch off nothing is asked of the database."""
    runtime = Runtime.of(request)
    tenant = runtime.hooks.tenant_of_request(request)
    if tenant is None or not runtime.settings.tenants.allow(Function.LOGIN, tenant):
        return None
    try:
        found = running(runtime, tenant)
    except SQLAlchemyError:
        # Better our page that says so than the host's 404 (security.md S153).
        return Admitted(tenant, None)
    return Admitted(tenant, found) if found else None


def running(runtime: Runtime, tenant: Tenant) -> Connection | None:
    """The tenant's connection if its administrator has switched login on. Reads the database."""
    with transaction(runtime.hooks, tenant.id) as dbsession:
        found = connections.find(dbsession, tenant.id)
    return found if found and found.runs(Function.LOGIN) else None
