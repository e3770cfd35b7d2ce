"""The gateway: the only module that talks to Slack's Web API.

Every call has one total deadline, follows no redirect, is made exactly once, and ends in a value or in one of four
errors: SlackRefused (Slack said no), SlackRateLimited (wait), SlackUnavailable (nothing happened, repeat freely) and
SlackUncertain (it may have happened). Classified by the HTTP status first and the body second (slack.md G, D4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from cocoom_slack_plugin.errors import (
    SlackError,
    SlackRateLimited,
    SlackRefused,
    SlackUnavailable,
    SlackUncertain,
)
from cocoom_slack_plugin.settings import Settings
from cocoom_slack_plugin.slack_codes import INVALID_TOKEN, PERHAPS_DONE, Trouble, trouble_of

DEFAULT_WAIT, LONGEST_WAIT, LONG_WAIT = 30.0, 3600.0, 3600.0
LONGEST_ANSWER = 2_000_000


@dataclass(frozen=True, slots=True)
class Identity:
    """What ``auth.test`` says of a token, and the scopes that came with the answer."""

    team_id: str
    team_name: str
    team_url: str
    enterprise_id: str | None
    user_id: str
    bot_id: str | None
    app_id: str | None
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class SlackUser:
    """What ``users.info`` says of somebody. Who is not plainly marked as a full member counts as a guest.

    ``teams`` are the workspaces they belong to, several where an organisation has several; ``name`` is for showing.
    """

    id: str
    team_id: str
    deleted: bool
    is_guest: bool
    is_bot: bool = False
    name: str = ""
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. ``text`` is the fallback: the notification line, and what a screen reader reads out."""

    text: str
    blocks: Sequence[Mapping[str, Any]]
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where Slack put a message: ``channel`` is the resolved id, ``ts`` the message's id within it, ``parent_ts`` the
    id of the message under which it stands."""

    channel: str
    ts: str
    parent_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that Slack shows, with the metadata that its app gave it."""

    posted: Posted
    metadata: Mapping[str, Any]


class SlackGateway:
    """One HTTP session shared by all tenants; the token goes with each call. Use as an async context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __aenter__(self) -> SlackGateway:
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._settings.slack_timeout),
            connector=aiohttp.TCPConnector(limit=0),
            middlewares=(_refuse_odd_answers,),
        )
        self._client = AsyncWebClient(
            base_url=f"{self._settings.slack_url}/api/",
            session=self._http,
            # slack_sdk's own default repeats a post whose answer was lost, and doubles the message (security.md C5).
            retry_handlers=[],
        )
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._http.close()

    async def auth_test(self, token: SecretStr) -> Identity:
        """Who this token is (slack.md B4)."""
        answer = await self._call("auth.test", token)
        scopes = answer.headers.get("x-oauth-scopes", "")
        return Identity(
            team_id=_text(answer, "team_id"),
            team_name=_text(answer, "team"),
            team_url=_text(answer, "url"),
            enterprise_id=answer.get("enterprise_id"),
            user_id=_text(answer, "user_id"),
            bot_id=answer.get("bot_id"),
            app_id=answer.get("app_id"),
            scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
        )

    async def revoke(self, token: SecretStr) -> str | None:
        """End this token; its bot leaves all channels and is deactivated (slack.md B5).

        None when Slack has ended it now, else the code with which Slack says that it was no valid token before.
        Raises SlackRefused for every other no, and SlackUncertain when Slack does not say that it did it.
        """
        try:
            answer = await self._call("auth.revoke", token)
        except SlackRefused as refused:
            if refused.code in INVALID_TOKEN:
                return refused.code
            raise
        if answer.get("revoked") is not True:
            raise SlackUncertain("not_revoked", "Slack does not say that it revoked the token")
        return None

    async def post(
        self,
        token: SecretStr,
        conversation: str,
        message: Message,
        parent_ts: str | None = None,
        *,
        broadcast: bool = False,
    ) -> Posted:
        """Post into a channel (C..., G...) or to a user (U..., W...), with nothing unfurled, parsed or linked.

        With ``parent_ts`` under that message, and with ``broadcast`` in the channel as well.
        """
        arguments = {
            "channel": conversation,
            **_content(message),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if parent_ts:
            arguments |= {"thread_ts": parent_ts, "reply_broadcast": broadcast}
        answer = await self._call("chat.postMessage", token, arguments)
        return Posted(_text(answer, "channel"), _text(answer, "ts"), parent_ts)

    async def update(self, token: SecretStr, posted: Posted, message: Message) -> None:
        """Show this in place of a message of ours; its metadata stays where the new one has none (slack.md D5)."""
        await self._call(
            "chat.update", token, {"channel": posted.channel, "ts": posted.ts, **_content(message)}
        )

    async def delete(self, token: SecretStr, posted: Posted) -> None:
        """Take back a message of ours (slack.md D5)."""
        await self._call("chat.delete", token, {"channel": posted.channel, "ts": posted.ts})

    async def history(
        self, token: SecretStr, channel: str, since: float, pages: int = 5, parent_ts: str | None = None
    ) -> tuple[list[Shown], bool]:
        """The messages of a channel since an instant (seconds of the epoch) that carry an app's metadata, and whether
        these are all: no more than so many pages of 200 are read, of which some apps get 15 (slack.md E4). With
        ``parent_ts`` those under that message.

        Needs the history scope of the channel's kind.
        """
        arguments = {"channel": channel, "oldest": f"{since:.6f}", "limit": 200, "include_all_metadata": True}
        if parent_ts:
            arguments["ts"] = parent_ts
        method = "conversations.replies" if parent_ts else "conversations.history"
        shown: list[Shown] = []
        for _ in range(pages):
            answer = await self._call(method, token, arguments, form=True)
            found = answer.get("messages")
            shown += [_shown(channel, each) for each in found or () if _has_metadata(each)]
            more = answer.get("response_metadata")
            cursor = more.get("next_cursor") if isinstance(more, dict) else None
            if not cursor:
                return shown, True
            arguments["cursor"] = cursor
        return shown, False

    async def user_by_email(self, token: SecretStr, email: str) -> str | None:
        """The id of the active user with this address, None when there is none (needs ``users:read.email``)."""
        try:
            answer = await self._call("users.lookupByEmail", token, {"email": email}, form=True)
        except SlackRefused as refused:
            if refused.code == "users_not_found":
                return None
            raise
        user = answer.get("user")
        return _text(user if isinstance(user, dict) else {}, "id")

    async def user(self, token: SecretStr, slack_user_id: str) -> SlackUser:
        """Somebody of the workspace, also deactivated (needs ``users:read``; slack.md E2)."""
        answer = await self._call("users.info", token, {"user": slack_user_id}, form=True)
        found = answer.get("user")
        user = found if isinstance(found, dict) else {}
        return SlackUser(
            id=_text(user, "id"),
            team_id=_text(user, "team_id"),
            deleted=user.get("deleted") is True,
            is_guest=not (user.get("is_restricted") is False and user.get("is_ultra_restricted") is False),
            # Slackbot is a bot that Slack does not call one.
            is_bot=user.get("is_bot") is True or user.get("id") == "USLACKBOT",
            name=str(user.get("real_name") or user.get("name") or ""),
            teams=_teams(user),
        )

    async def knows_client(self, client_id: str, client_secret: SecretStr) -> None:
        """Prove a client id and secret by exchanging a code that cannot exist.

        Slack checks the client before the code, so ``invalid_code`` means that both are right; anything else is raised.
        (That order is inferred: slack.md A4 lists the codes, not their precedence.)
        """
        fields = {
            "client_id": client_id,
            "client_secret": client_secret.get_secret_value(),
            "code": "cocoom-proves-the-client",
            "grant_type": "authorization_code",
        }
        try:
            await self._call("openid.connect.token", None, fields, form=True)
        except SlackRefused as refused:
            if refused.code not in ("invalid_code", "invalid_grant"):
                raise

    async def _call(
        self,
        method: str,
        token: SecretStr | None,
        arguments: Mapping[str, Any] | None = None,
        *,
        form: bool = False,
    ) -> AsyncSlackResponse:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        body: dict[str, Any] = (
            {"data": dict(arguments)} if form and arguments else {"json": dict(arguments or {})}
        )
        try:
            return await self._client.api_call(method, headers=headers, **body)
        except SlackApiError as error:
            # "from None" throughout: the SDK's error holds the request's headers, and with them the token.
            raise _classify(error) from None
        except aiohttp.ClientConnectorCertificateError:
            raise SlackUnavailable("tls_error", "Slack's certificate is not valid for its address") from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SlackUnavailable(
                "unreachable", f"Slack cannot be reached: {type(error).__name__}"
            ) from None
        except _OddAnswer as odd:
            raise odd.error from None
        except (TimeoutError, aiohttp.ClientError, ConnectionError) as error:
            raise SlackUncertain("no_answer", f"Slack's answer was lost: {type(error).__name__}") from None
        except (ValueError, AttributeError, TypeError) as error:
            raise SlackUncertain(
                "unreadable_answer", f"Slack's answer is unreadable: {type(error).__name__}"
            ) from None


@dataclass
class _OddAnswer(Exception):
    """Carries our error through the SDK, which lets unknown exceptions pass."""

    error: SlackError = field()


async def _refuse_odd_answers(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    response = await handler(request)
    if 300 <= response.status < 400:
        # Following one would hand the token and the message to whoever the answer names.
        response.close()
        raise _OddAnswer(SlackRefused(f"http_{response.status}"))
    if (response.content_length or 0) > LONGEST_ANSWER:
        response.close()
        raise _OddAnswer(SlackUncertain("unreadable_answer", "Slack's answer is far too long"))
    return response


def _classify(error: SlackApiError) -> SlackError:
    # With a body that is not JSON the SDK hands on aiohttp's own response, which has a status and no data.
    response: Any = error.response
    status: int = response.status if isinstance(response, aiohttp.ClientResponse) else response.status_code
    data = getattr(response, "data", None)
    body: dict[str, Any] = data if isinstance(data, dict) else {}
    code = body.get("error")
    if status == 429 or (isinstance(code, str) and trouble_of(code) is Trouble.WAIT):
        return SlackRateLimited(_wait(response.headers, code))
    if status == 503:
        return SlackUnavailable("http_503", "Slack is not available (HTTP 503)")
    if status >= 500:
        return SlackUncertain(f"http_{status}", f"Slack had a fault (HTTP {status})")
    if not isinstance(code, str) or not code.replace("_", "").isalnum():
        if 200 <= status < 300:
            return SlackUncertain("unreadable_answer", "Slack gave an answer we could not read")
        return SlackRefused(f"http_{status}")
    if code in PERHAPS_DONE:
        return SlackUncertain(code, f"Slack had a fault: {code}")
    if trouble_of(code) is Trouble.SLACK:
        return SlackUnavailable(code, f"Slack is not available: {code}")
    return SlackRefused(code, _detail(body), body.get("needed"))


def _detail(body: Mapping[str, Any]) -> list[str]:
    metadata = body.get("response_metadata")
    found = metadata.get("messages") if isinstance(metadata, dict) else None
    return [str(each)[:300] for each in found[:5]] if isinstance(found, list) else []


def _teams(user: Mapping[str, Any]) -> frozenset[str]:
    organisation = user.get("enterprise_user")
    listed = organisation.get("teams") if isinstance(organisation, dict) else None
    return frozenset(map(str, [user.get("team_id"), *(listed if isinstance(listed, list) else ())]))


def _wait(headers: Mapping[str, Any], code: object) -> float:
    """Seconds to wait: Slack's ``Retry-After`` where it is a sensible number, clamped to an hour."""
    if code == "message_limit_exceeded":
        return LONG_WAIT
    try:
        asked = float(headers.get("Retry-After") or headers.get("retry-after") or "")
    except (TypeError, ValueError):
        return DEFAULT_WAIT
    return min(max(asked, 1.0), LONGEST_WAIT) if asked == asked else DEFAULT_WAIT


def _content(message: Message) -> dict[str, Any]:
    """What a message says. Without blocks an update removes those that were there."""
    arguments: dict[str, Any] = {"text": message.text, "parse": "none", "link_names": False}
    if message.blocks:
        arguments["blocks"] = list(message.blocks)
    if message.metadata is not None:
        arguments["metadata"] = dict(message.metadata)
    return arguments


def _has_metadata(message: Any) -> bool:
    return isinstance(message, dict) and isinstance(message.get("metadata"), dict)


def _shown(channel: str, message: dict[str, Any]) -> Shown:
    return Shown(Posted(channel, _text(message, "ts")), message["metadata"])


def _text(answer: Any, key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str):
        raise SlackUncertain("unreadable_answer", f"Slack's answer lacks {key}")
    return value
