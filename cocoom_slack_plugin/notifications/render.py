"""Rendering: one event as the message that one conversation gets, in one language. Pure.

Title, subtitle, author, thread and link; no body and no comment text (cocoom.md 5.2). Links are text links, because a
button of an app without an interactivity address shows a warning mark (slack.md F4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from cocoom_hooks.payloads import (
    CollaboratorEvent,
    CommentEvent,
    CommentModerated,
    Event,
    ModerationAction,
    PostEvent,
    PostKind,
    PostModerated,
    User,
)
from cocoom_slack_plugin.notifications import summary_text
from cocoom_slack_plugin.notifications.events import CONNECTION_TESTED, NOTICES_SUMMARISED, NoticesSummarised
from cocoom_slack_plugin.notifications.rich_text import (
    Element,
    bold,
    clean,
    compose,
    escaped,
    link,
    plain,
    rich_text,
)
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.translations import N_, translations

TITLE_LIMIT, SUBTITLE_LIMIT, NAME_LIMIT, REASON_LIMIT = 200, 300, 80, 300

EVENT_TYPE = "cocoom_notice"

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Text:
    """An event in words: the full sentence for the notification line, the lines that are shown when a message tells
    of it alone, and the one line that is shown among others."""

    sentence: str
    lines: list[list[Element]]
    short: list[Element]


def put_in_words(kind: str, event: Event, locale: str) -> Text:
    """One event in one of the LOCALES. Raises KeyError for a kind that makes no messages."""
    return _RENDERERS[kind](event, translations(locale).gettext)


def render(kind: str, event: Event, locale: str) -> Message:
    """The message of one event in one of the LOCALES. Raises KeyError for a kind that makes no messages."""
    text = put_in_words(kind, event, locale)
    return Message(escaped(text.sentence), [rich_text(*text.lines)], metadata([event.event_id]))


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


def _post_published(event: Event, tr: Translate) -> Text:
    assert isinstance(event, PostEvent)
    post = event.post
    if post.kind is PostKind.PUBLICATION:
        sentence = tr(N_("{author} published “{title}” in #{thread}"))
        head = tr(N_("{author} published in {thread}"))
    else:
        sentence = tr(N_("{author} shared “{title}” in #{thread}"))
        head = tr(N_("{author} shared in {thread}"))
    subtitle = clean(post.subtitle or "", SUBTITLE_LIMIT)
    lines = [
        compose(head, author=bold(_name(post.author)), thread=_thread(event)),
        [link(post.url, _title(event), strong=True)],
        [plain(subtitle)] if subtitle else [],
    ]
    short = compose(
        sentence,
        author=bold(_name(post.author)),
        title=link(post.url, _title(event)),
        thread=plain(clean(post.thread.name, NAME_LIMIT)),
    )
    return Text(_spoken(sentence, event, post.author), lines, short)


def _collaborator_joined(event: Event, tr: Translate) -> Text:
    assert isinstance(event, CollaboratorEvent)
    name, base = _name(event.collaborator), clean(event.tenant.name, NAME_LIMIT)
    welcome = tr(N_("{name} has joined {base}. Welcome!"))
    lines = [compose(welcome, name=bold(name), base=link(event.tenant.url, base))]
    return Text(welcome.format(name=name, base=base), lines, lines[0])


def _comment_added(event: Event, tr: Translate) -> Text:
    assert isinstance(event, CommentEvent)
    author = event.comment.author
    sentence = tr(N_("{author} commented on your post “{title}”"))
    title = link(event.comment.url, _title(event))
    lines = [compose(sentence, author=bold(_name(author)), title=title), _in_thread(event, tr)]
    return Text(_spoken(sentence, event, author), lines, lines[0])


def _comment_moderated(event: Event, tr: Translate) -> Text:
    assert isinstance(event, CommentModerated)
    sentence = tr(N_("An administrator removed your comment on “{title}”"))
    lines = [compose(sentence, title=link(event.post.url, _title(event))), _reason(event.reason, tr)]
    return Text(_spoken(sentence, event, event.comment.author), lines, lines[0])


def _publication_edited(event: Event, tr: Translate) -> Text:
    assert isinstance(event, PostEvent)
    editor = event.actor or event.post.author
    sentence = tr(N_("{author}, an administrator, edited your post “{title}”"))
    title = link(event.post.url, _title(event))
    lines = [compose(sentence, author=bold(_name(editor)), title=title), _in_thread(event, tr)]
    return Text(_spoken(sentence, event, editor), lines, lines[0])


def _post_moderated(event: Event, tr: Translate) -> Text:
    """The post may be gone: no link to it, but to its thread."""
    assert isinstance(event, PostModerated)
    if event.action is ModerationAction.UNPUBLISHED:
        sentence = tr(N_("An administrator unpublished your post “{title}”"))
    else:
        sentence = tr(N_("An administrator deleted your post “{title}”"))
    lines = [compose(sentence, title=bold(_title(event))), _reason(event.reason, tr), _in_thread(event, tr)]
    return Text(_spoken(sentence, event, event.post.author), lines, lines[0])


def _connection_tested(event: Event, tr: Translate) -> Text:
    base = clean(event.tenant.name, NAME_LIMIT)
    sentence = tr(N_("{base} can post here. This is a test message that somebody asked for."))
    lines = [compose(sentence, base=link(event.tenant.url, base))]
    return Text(sentence.format(base=base), lines, lines[0])


def _notices_summarised(event: Event, tr: Translate) -> Text:
    assert isinstance(event, NoticesSummarised)
    base, since, until = clean(event.tenant.name, NAME_LIMIT), *summary_text.span(event, tr)
    sentence, counts = summary_text.sentence(tr), summary_text.counts(event.counts, tr)
    home = link(event.tenant.url, base)
    lines = [compose(sentence, base=home, since=plain(since), until=plain(until)), [plain(counts)]]
    spoken = f"{sentence.format(base=base, since=since, until=until)} {counts}"
    return Text(spoken, lines, [*lines[0], plain(f" {counts}")])


def _reason(reason: str | None, tr: Translate) -> list[Element]:
    text = clean(reason or "", REASON_LIMIT)
    return compose(tr(N_("Reason: {reason}")), reason=plain(text)) if text else []


def _in_thread(event: PostEvent, tr: Translate) -> list[Element]:
    return compose(tr(N_("In {thread}")), thread=_thread(event))


def _spoken(template: str, event: PostEvent, author: User) -> str:
    thread = clean(event.post.thread.name, NAME_LIMIT)
    return template.format(author=_name(author), title=_title(event), thread=thread)


def _thread(event: PostEvent) -> Element:
    return link(event.post.thread.url, f"#{clean(event.post.thread.name, NAME_LIMIT)}")


def _title(event: PostEvent) -> str:
    return clean(event.post.title, TITLE_LIMIT) or "…"


def _name(user: User) -> str:
    return clean(user.display_name, NAME_LIMIT) or "…"


_RENDERERS: dict[str, Callable[[Event, Translate], Text]] = {
    "publication_published": _post_published,
    "share_published": _post_published,
    "collaborator_joined": _collaborator_joined,
    "comment_added": _comment_added,
    "comment_moderated": _comment_moderated,
    "publication_edited": _publication_edited,
    "publication_moderated": _post_moderated,
    "share_moderated": _post_moderated,
    CONNECTION_TESTED: _connection_tested,
    NOTICES_SUMMARISED: _notices_summarised,
}
