"""One browser at one tenant's sign-in: everything a start or a callback works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.login import browser
from cocoom_slack_plugin.login.attempts import Owner
from cocoom_slack_plugin.login.backend import ANSWER_PARAMETERS
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.runtime import Runtime

PURPOSE = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """``browser`` is None when the browser brought no value of ours; then no attempt can be its own."""

    runtime: Runtime
    tenant: Tenant
    connection: Connection
    browser: str | None = field(repr=False)
    current_user: User | None = None
    answer: dict[str, str | list[str]] = field(default_factory=dict, repr=False)
    next_path: str = "/"

    @property
    def owner(self) -> Owner | None:
        """Whose attempts this browser may start and finish."""
        return Owner(self.tenant.id, self.browser, PURPOSE) if self.browser else None


def arriving(request: Any, runtime: Runtime, tenant: Tenant, connection: Connection) -> Visit:
    """A visit with Slack's answer. Raises Refused(malformed)."""
    return Visit(
        runtime=runtime,
        tenant=tenant,
        connection=connection,
        browser=browser.known(request, tenant),
        current_user=runtime.hooks.current_user(request),
        answer=_answer(request),
    )


def starting(request: Any, runtime: Runtime, tenant: Tenant, connection: Connection, next_path: str) -> Visit:
    """A visit that begins; the browser keeps the value it has, so that two tabs do not disturb each other (S08)."""
    return Visit(
        runtime=runtime,
        tenant=tenant,
        connection=connection,
        browser=browser.known(request, tenant) or browser.new(),
        next_path=next_path,
    )


def _answer(request: Any) -> dict[str, str | list[str]]:
    """The parameters of Slack's answer and no others; a repeated one stays a list, for the backend to refuse."""
    try:
        query = request.GET
        given = {name: query.getall(name) for name in ANSWER_PARAMETERS if name in query}
    except UnicodeDecodeError:
        raise Refused(Code.MALFORMED) from None
    return {name: values[0] if len(values) == 1 else values for name, values in given.items()}
