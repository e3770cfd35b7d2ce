"""A typed client of the control API, for tests and the tour. Standard library only."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from http.client import HTTPConnection
from typing import Any, cast
from urllib.parse import urlsplit

from demo.slack.faults import FaultKind
from demo.slack.signin.knobs import Signing

Message = dict[str, Any]


class ControlError(Exception):
    """The stand-in refused an order, and says why."""


class Control:
    """Every method is one order; safe from any thread. Names as in Slack, ids as in the seed."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout

    def order(self, name: str, /, **arguments: Any) -> Any:
        """Raises ControlError with the stand-in's own words."""
        place = urlsplit(self.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=self._timeout)
        try:
            connection.request("POST", f"/_control/{name}", json.dumps(arguments))
            answer = connection.getresponse()
            value = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ControlError(value["error"])
        return value

    # What exists

    def add_enterprise(self, name: str, *, id: str = "", domain: str = "") -> str:
        return str(self.order("add_enterprise", name=name, id=id, domain=domain))

    def add_team(self, name: str, *, id: str = "", domain: str = "", enterprise: str = "") -> str:
        return str(self.order("add_team", name=name, id=id, domain=domain, enterprise=enterprise))

    def add_channel(
        self, team: str, name: str, *, id: str = "", members: Sequence[str] = (), **fields: Any
    ) -> str:
        """``fields``: is_private, is_archived, posting ("read_only", "thread_only", "non_threadable")…"""
        return str(self.order("add_channel", team=team, name=name, id=id, members=list(members), **fields))

    def change_channel(self, team: str, channel: str, **fields: Any) -> None:
        self.order("change_channel", team=team, channel=channel, **fields)

    def delete_channel(self, team: str, channel: str) -> None:
        self.order("delete_channel", team=team, channel=channel)

    def add_app(
        self,
        team: str,
        *,
        name: str = "Cocoom",
        id: str = "",
        redirect_urls: Sequence[str] = (),
        **fields: Any,
    ) -> dict[str, str]:
        """``fields``: client_id, client_secret, bot_scopes, user_scopes, distributed, messages_tab_enabled…
        Returns id, client_id, client_secret, signing_secret."""
        made = self.order("add_app", team=team, name=name, id=id, redirect_urls=list(redirect_urls), **fields)
        return cast(dict[str, str], made)

    def change_app(self, app: str, **fields: Any) -> None:
        self.order("change_app", app=app, **fields)

    def set_redirect_urls(self, app: str, *urls: str) -> None:
        self.order("set_redirect_urls", app=app, urls=urls)

    def install_app(self, app: str, team: str, scopes: Iterable[str], *, token: str = "") -> str:
        """Press "Install to workspace"; the bot token (a chosen one, for readable tests)."""
        return str(self.order("install_app", app=app, team=team, scopes=sorted(scopes), token=token))

    def configuration_token(self, team: str, user: str) -> str:
        """For ``apps.manifest.*``, in this person's name."""
        return str(self.order("configuration_token", team=team, user=user))

    def add_workspace_to_install(self, token: str, team: str) -> None:
        self.order("add_workspace_to_install", token=token, team=team)

    def uninstall_app(self, app: str, team: str) -> None:
        """Its bot token then answers account_inactive."""
        self.order("uninstall_app", app=app, team=team)

    def revoke_token(self, token: str) -> None:
        self.order("revoke_token", token=token)

    def expire_token(self, token: str) -> None:
        self.order("expire_token", token=token)

    def set_token_scopes(self, token: str, scopes: Iterable[str]) -> None:
        self.order("set_token_scopes", token=token, scopes=sorted(scopes))

    # People

    def add_user(
        self, team: str, real_name: str, email: str | None = None, *, id: str = "", **fields: Any
    ) -> str:
        """``fields``: email_verified, locale, tz, is_restricted, is_ultra_restricted, enterprise_id…"""
        return str(self.order("add_user", team=team, real_name=real_name, email=email, id=id, **fields))

    def change_user(self, team: str, user: str, **fields: Any) -> None:
        self.order("change_user", team=team, user=user, **fields)

    def deactivate_user(self, team: str, user: str) -> None:
        self.order("deactivate_user", team=team, user=user)

    def join_channel(self, team: str, channel: str, user: str) -> None:
        self.order("join_channel", team=team, channel=channel, user=user)

    def leave_channel(self, team: str, channel: str, user: str) -> None:
        self.order("leave_channel", team=team, channel=channel, user=user)

    def user_token(self, app: str, team: str, user: str, scopes: Iterable[str]) -> str:
        return str(self.order("user_token", app=app, team=team, user=user, scopes=sorted(scopes)))

    def approve_as(self, user: str, *, team: str = "", app: str = "*") -> None:
        """Consent without a page. Give ``team``, or an ``app`` whose workspace is meant."""
        self.order("approve_as", user=user, team=team, app=app)

    def cancel_sign_in(self, *, app: str = "*") -> None:
        self.order("cancel_sign_in", app=app)

    def ask_people(self) -> None:
        """Show the consent page again."""
        self.order("ask_people")

    # Trouble

    def fault(
        self, kind: FaultKind | str, method: str = "*", *, times: int | None = None, **fields: Any
    ) -> None:
        """``fields``: team, channel, app, seconds, status, code, retry_after, location, size, merge, drop."""
        self.order("add_fault", kind=kind, method=method, times=times, **fields)

    def clear_faults(self) -> None:
        self.order("clear_faults")

    def id_token(
        self, *, signing: Signing | str = Signing.RS256, times: int | None = None, **fields: Any
    ) -> None:
        """``fields``: app, claims, drop, iat_offset, lifetime, kid (None: none), header, segments."""
        self.order("spoil_id_token", signing=signing, times=times, **fields)

    def clear_id_token(self) -> None:
        self.order("clear_id_token")

    def rotate_keys(self, *, keep_old: bool = True) -> str:
        return str(self.order("rotate_keys", keep_old=keep_old))

    def limits(self, **fields: Any) -> None:
        """``fields``: enabled, posts_per_second, burst, team_per_minute, tiers_enabled, and
        per_method {method: calls a minute}."""
        self.order("set_limits", **fields)

    def settings(self, **fields: Any) -> None:
        """``fields``: those of demo.slack.slack.Settings, such as latency_ms, remember_sign_ins, edit_window
        (seconds) and lost_thread ("cannot_reply_to_message", "message_not_found", "top_level")."""
        self.order("set_settings", **fields)

    def advance_clock(self, seconds: float) -> float:
        return float(self.order("advance_clock", seconds=seconds))

    def calm(self) -> None:
        """No faults, knobs or approvals; limits and settings as at the start. The world stays."""
        self.order("calm")

    # What happened

    def requests(self, method: str = "", *, team: str = "") -> list[dict[str, Any]]:
        """Keys: at, method, verb, arguments, headers, token, token_kind, app, team, status, answer."""
        return cast(list[dict[str, Any]], self.order("requests", method=method, team=team))

    def counts(self) -> dict[str, Any]:
        """calls {method: n}, answers {method: {answer: n}}, event_keys n, stored n."""
        return cast(dict[str, Any], self.order("counts"))

    def posted(self) -> dict[str, int]:
        """Event key -> stored messages that carry it."""
        return cast(dict[str, int], self.order("posted"))

    def duplicates(self) -> dict[str, int]:
        return cast(dict[str, int], self.order("duplicates"))

    def recorder(self, *, kept: int | None = None, event_key_field: str | None = None) -> None:
        self.order("set_recorder", kept=kept, event_key_field=event_key_field)

    def clear_record(self) -> None:
        self.order("clear_record")

    def messages(self, team: str, channel: str, *, app: str = "", deleted: bool = False) -> list[Message]:
        """Of a channel (id or name), or of a person's direct messages (``U…``); oldest first.

        Keys are Slack's: ts, text, user, app_id, and where it applies blocks, attachments, metadata,
        thread_ts, parent_user_id, edited {user, ts}, subtype; and ours: channel, is_reply, replies [ts],
        reply_broadcast, deleted (a tombstone). ``deleted=True`` gives what was deleted, as it last was.
        """
        wanted = {"team": team, "channel": channel, "app": app, "deleted": deleted}
        return cast(list[Message], self.order("messages", **wanted))

    def thread(self, team: str, channel: str, ts: str) -> list[Message]:
        """A message and the replies under it, oldest first."""
        found = self.messages(team, channel)
        return [item for item in found if ts in (item["ts"], item.get("thread_ts"))]

    def clear_messages(self, team: str = "") -> None:
        self.order("clear_messages", team=team)

    def home_view(self, app: str, team: str, user: str) -> dict[str, Any] | None:
        return cast(dict[str, Any] | None, self.order("home_view", app=app, team=team, user=user))

    def wait_for(
        self,
        team: str,
        channel: str,
        predicate: Callable[[list[Message]], bool] = bool,
        timeout: float = 10.0,
    ) -> list[Message]:
        """The conversation's messages once ``predicate`` likes them; raises TimeoutError."""
        until = time.monotonic() + timeout
        while True:
            found = self.messages(team, channel)
            if predicate(found):
                return found
            if time.monotonic() > until:
                raise TimeoutError(f"{len(found)} messages in {channel} of {team}, not what was waited for")
            time.sleep(0.05)
