"""The one error tree. Every text may be shown or logged: no secret, no body, no address with a query in it."""

from __future__ import annotations

from collections.abc import Sequence


class CocoomSlackError(Exception):
    """Everything this plugin raises on purpose. ``code`` is stable, for logs, audit rows and tests."""

    code = "error"


class ConfigurationError(CocoomSlackError):
    """The host or its settings cannot be used. Raised at start-up, with every problem found; nobody catches it."""

    code = "configuration"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("cocoom_slack cannot start:" + "".join(f"\n  - {each}" for each in self.problems))


class InvalidInput(CocoomSlackError):
    """Somebody gave something that cannot be right. Shown next to the field by command line and pages."""

    code = "invalid_input"

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


class InvalidEvent(CocoomSlackError):
    """The host fired an event whose payload cannot be used. ``field`` is the path within it; nothing is recorded."""

    code = "invalid_event"

    def __init__(self, kind: str, field: str, problem: str) -> None:
        self.kind = kind
        self.field = field
        super().__init__(f"{kind}: {field}: {problem}")


class UnknownTenant(CocoomSlackError):
    """No tenant has this id or subdomain."""

    code = "unknown_tenant"

    def __init__(self, key: str) -> None:
        super().__init__(f"no tenant has the id or subdomain {key[:80]!r}")


class NotConnected(CocoomSlackError):
    """The tenant has no connection, or not what the function in question needs of it."""

    code = "not_connected"


class ChangedMeanwhile(CocoomSlackError):
    """Somebody else saved the same connection since it was read. Read it again and repeat."""

    code = "changed_meanwhile"


class SecretUnreadable(CocoomSlackError):
    """A stored secret cannot be opened with the keys at hand. Its connection is paused; there is no fallback."""

    code = "secret_unreadable"


class SlackError(CocoomSlackError):
    """A call to Slack did not do what was asked. ``code`` is Slack's own code where it gave one."""

    def __init__(self, code: str, problem: str) -> None:
        self.code = code
        super().__init__(problem)


class SlackRefused(SlackError):
    """Slack answered no (``ok: false``). ``detail`` holds its explanations, such as pointers into the blocks."""

    def __init__(self, code: str, detail: Sequence[str] = (), needed: str | None = None) -> None:
        self.detail = tuple(detail)
        self.needed = needed
        super().__init__(code, f"Slack refused: {code}" + "".join(f"; {each}" for each in self.detail))


class SlackRateLimited(SlackError):
    """Slack asked us to wait; the call was not carried out. ``retry_after`` is in seconds, clamped."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__("ratelimited", f"Slack asked us to wait {retry_after:g} s")


class SlackUnavailable(SlackError):
    """The request never reached Slack, or Slack says it did nothing with it: repeating is safe."""


class SlackUncertain(SlackError):
    """The request left us and its answer was lost or means nothing: it may have been carried out."""


class NotRevoked(CocoomSlackError):
    """A token could not be revoked at Slack, and so nothing was changed. ``code`` is that of the cause."""

    def __init__(self, cause: SlackError | SecretUnreadable) -> None:
        self.code = cause.code
        super().__init__(f"the bot token could not be revoked: {cause}")
