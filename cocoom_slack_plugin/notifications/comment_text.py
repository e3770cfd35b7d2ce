"""The words of comments. What a comment says is told where the event carries it: where the base lets it leave."""

from __future__ import annotations

from cocoom_hooks.payloads import CommentEvent, CommentModerated, Event
from cocoom_slack_plugin.notifications.elements import optional
from cocoom_slack_plugin.notifications.rich_text import Quote
from cocoom_slack_plugin.notifications.text import (
    EXCERPT_LIMIT,
    Manner,
    Text,
    in_thread,
    name,
    reason_given,
    title,
)
from cocoom_slack_plugin.translations import N_


def added(event: Event, manner: Manner) -> Text:
    assert isinstance(event, CommentEvent)
    words = manner.words
    if manner.personal:
        sentence = N_("{author} commented on your post “{title}”")
    else:
        sentence = N_("{author} commented on “{title}”")
    line = words.line(sentence, author=name(event.comment.author), title=title(event, event.comment.url))
    excerpt = optional(event.comment.excerpt, EXCERPT_LIMIT)
    said = (Quote(excerpt),) if excerpt else ()
    return Text((line, *said, in_thread(event, words)), line)


def moderated(event: Event, manner: Manner) -> Text:
    """Without its words: they were removed."""
    assert isinstance(event, CommentModerated)
    words = manner.words
    line = words.line(N_("An administrator removed your comment on “{title}”"), title=title(event))
    return Text((line, reason_given(event.reason, words)), line)
