"""One browser at one tenant's sign-in: everything a start or a callback works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import attempts, browser
from cocoom_slack_plugin.login.attempts import Owner
from cocoom_slack_plugin.login.backend import ANSWER_PARAMETERS
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.runtime import Runtime


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
    purpose: Purpose = Purpose.SIGN_IN
    started_by: str | None = None

    @property
    def owner(self) -> Owner | None:
        """Whose attempts this browser may start and finish; for a link or a test, only as the user who is signed in."""
        if not self.browser:
            return None
        return Owner(self.tenant.id, self.browser, self.purpose, self.user_id)

    @property
    def user_id(self) -> str | None:
        """Who is signed in, where the purpose needs somebody."""
        return self.current_user.id if self.current_user and self.purpose.needs_user else None

    def refuse_others(self) -> None:
        """Raise Refused unless the user who started this is the one who is signed in (security.md R5)."""
        if self.purpose.needs_user and (self.user_id is None or self.user_id != self.started_by):
            raise Refused(Code.OTHER_USER)


def arriving(request: Any, runtime: Runtime, tenant: Tenant, connection: Connection) -> Visit:
    """A visit with Slack's answer, for the purpose that its attempt was started for. Raises Refused(malformed)."""
    answer = _answer(request)
    value = browser.known(request, tenant)
    purpose, started_by = _errand(runtime, tenant, value, answer.get("state"))
    return Visit(
        runtime=runtime,
        tenant=tenant,
        connection=connection,
        browser=value,
        current_user=runtime.hooks.current_user(request),
        answer=answer,
        purpose=purpose,
        started_by=started_by,
    )


def starting(
    request: Any,
    runtime: Runtime,
    tenant: Tenant,
    connection: Connection,
    next_path: str = "/",
    purpose: Purpose = Purpose.SIGN_IN,
) -> Visit:
    """A visit that begins; the browser keeps the value it has, so that two tabs do not disturb each other (S08)."""
    user = runtime.hooks.current_user(request) if purpose.needs_user else None
    return Visit(
        runtime=runtime,
        tenant=tenant,
        connection=connection,
        browser=browser.known(request, tenant) or browser.new(),
        current_user=user,
        next_path=next_path,
        purpose=purpose,
        started_by=user.id if user else None,
    )


def _errand(runtime: Runtime, tenant: Tenant, value: str | None, state: object) -> tuple[Purpose, str | None]:
    """Whatever is not a known errand of this browser counts as a sign-in, and fails there."""
    if value is None or not isinstance(state, str):
        return Purpose.SIGN_IN, None
    with transaction(runtime.hooks, tenant.id) as dbsession:
        purpose, user_id = attempts.errand(dbsession, tenant.id, value, state) or ("", None)
    return (Purpose(purpose), user_id) if purpose in set(Purpose) else (Purpose.SIGN_IN, None)


def _answer(request: Any) -> dict[str, str | list[str]]:
    """The parameters of Slack's answer and no others; a repeated one stays a list, for the backend to refuse."""
    try:
        query = request.GET
        given = {name: query.getall(name) for name in ANSWER_PARAMETERS if name in query}
    except UnicodeDecodeError:
        raise Refused(Code.MALFORMED) from None
    return {name: values[0] if len(values) == 1 else values for name, values in given.items()}
