"""The words of publications and shares. Title, subtitle, author, thread, tags and link; no body (cocoom.md 5.2)."""

from __future__ import annotations

from cocoom_hooks.payloads import Event, ModerationAction, PostEvent, PostKind, PostModerated
from cocoom_slack_plugin.notifications.elements import DOT, DOTS, SPACE, Line, joined, link, optional
from cocoom_slack_plugin.notifications.text import (
    SUBTITLE_LIMIT,
    TITLE_LIMIT,
    Manner,
    Text,
    in_thread,
    name,
    reason_given,
    thread_link,
    thread_name,
    title,
    title_alone,
)
from cocoom_slack_plugin.notifications.wording import Wording
from cocoom_slack_plugin.translations import N_, P_

TAG_LIMIT, TAGS_SHOWN = 40, 8


def published(event: Event, manner: Manner) -> Text:
    assert isinstance(event, PostEvent)
    post, words = event.post, manner.words
    if post.kind is PostKind.PUBLICATION:
        sentence, head = (
            N_("{author} published “{title}” in #{thread}"),
            N_("{author} published in {thread}"),
        )
    else:
        sentence, head = N_("{author} shared “{title}” in #{thread}"), N_("{author} shared in {thread}")
    author = name(post.author)
    return Text(
        lines=(
            words.line(head, author=author, thread=thread_link(event)),
            (link(post.url, post.title, TITLE_LIMIT, strong=True),),
            optional(post.subtitle, SUBTITLE_LIMIT),
        ),
        short=words.line(sentence, author=author, title=title(event), thread=thread_name(event)),
        aside=_tags(post.tags, words),
    )


def edited(event: Event, manner: Manner) -> Text:
    """To its author it is told as an administrator's act, because nobody else's is told to them (case N5)."""
    assert isinstance(event, PostEvent)
    if manner.personal:
        sentence = P_(
            "{author}, an administrator, edited your post “{title}”",
            "{author}, an administrator, edited your post “{title}” ({count} times)",
        )
    else:
        sentence = P_("{author} edited “{title}”", "{author} edited “{title}” ({count} times)")
    editor = name(event.actor or event.post.author)
    line = manner.words.counted(sentence, manner.times, author=editor, title=title(event))
    return Text((line, in_thread(event, manner.words)), line)


def moderated(event: Event, manner: Manner) -> Text:
    """The post may be gone: no link to it, but to its thread."""
    assert isinstance(event, PostModerated)
    words = manner.words
    if event.action is ModerationAction.UNPUBLISHED:
        sentence = N_("An administrator unpublished your post “{title}”")
    else:
        sentence = N_("An administrator deleted your post “{title}”")
    line = words.line(sentence, title=title_alone(event))
    return Text((line, reason_given(event.reason, words), in_thread(event, words)), line)


def _tags(tags: tuple[str, ...], words: Wording) -> Line:
    """As many as fit into a glance."""
    shown = [tag for tag in (optional(each, TAG_LIMIT) for each in tags[:TAGS_SHOWN]) if tag]
    if not shown:
        return ()
    more = [(DOTS,)] if len(tags) > TAGS_SHOWN else []
    return joined([words.line(N_("Tags:")), joined([*shown, *more], DOT)], SPACE)
