"""Rendering: one event as the message that one conversation gets, in one language. Pure.

Links are text links, because a button of an app without an interactivity address shows a warning mark (slack.md F4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.notifications import base_text, comment_text, gone_text, post_text, summary_text
from cocoom_slack_plugin.notifications.events import CONNECTION_TESTED, NOTICES_SUMMARISED
from cocoom_slack_plugin.notifications.rich_text import context, escaped, rich_text
from cocoom_slack_plugin.notifications.text import Manner, Text
from cocoom_slack_plugin.notifications.wording import wording
from cocoom_slack_plugin.slack import Message

EVENT_TYPE = "cocoom_notice"


def put_in_words(
    kind: str, event: Event, locale: str, *, personal: bool = True, gone: bool = False, times: int = 1
) -> Text:
    """One event in one of the LOCALES. Raises KeyError for a kind that makes no messages.

    ``personal`` is whether the person whom it concerns is told; else a channel is. ``gone`` is whether what is told of
    is not there any more. ``times`` is for how many edits of a post the event stands.
    """
    manner = Manner(wording(locale), personal, times)
    if gone:
        return gone_text.gone(kind, event, manner)
    return _TEXTS[kind](event, manner)


def render(kind: str, event: Event, locale: str, *, personal: bool = True, gone: bool = False) -> Message:
    """The message of one event in one of the LOCALES. Raises KeyError for a kind that makes no messages."""
    return message(put_in_words(kind, event, locale, personal=personal, gone=gone), [event.event_id])


def message(text: Text, event_ids: Sequence[str]) -> Message:
    """The message that says this of these events, and of nothing else."""
    blocks = [rich_text(*text.lines)]
    if text.aside:
        blocks.append(context(text.aside))
    return Message(escaped(text.sentence), blocks, metadata(event_ids))


def metadata(event_ids: Sequence[str]) -> dict[str, Any]:
    """What lets us find a message again (slack.md D6): opaque keys alone, because the whole workspace can read it."""
    if len(event_ids) == 1:
        payload = {"event_key": event_ids[0]}
    else:
        payload = {"event_keys": " ".join(quote(each, safe=":-_.~") for each in event_ids)}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def event_ids(metadata: Mapping[str, Any]) -> list[str]:
    """The reverse of ``metadata``, for what Slack gives back; empty for a message of another kind."""
    payload = metadata.get("event_payload")
    if metadata.get("event_type") != EVENT_TYPE or not isinstance(payload, dict):
        return []
    if "event_key" in payload:
        return [str(payload["event_key"])]
    return [unquote(each) for each in str(payload.get("event_keys", "")).split()]


_TEXTS: Mapping[str, Callable[[Event, Manner], Text]] = {
    "publication_published": post_text.published,
    "share_published": post_text.published,
    "collaborator_joined": base_text.joined,
    "comment_added": comment_text.added,
    "comment_moderated": comment_text.moderated,
    "publication_edited": post_text.edited,
    "publication_moderated": post_text.moderated,
    "share_moderated": post_text.moderated,
    CONNECTION_TESTED: base_text.tested,
    NOTICES_SUMMARISED: summary_text.summarised,
}

KINDS = frozenset(_TEXTS)
"""The kinds of events that make messages."""
