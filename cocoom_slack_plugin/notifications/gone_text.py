"""What a message is reduced to when its post was unpublished or deleted: nothing of what it said, and no link."""

from __future__ import annotations

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.notifications.text import Manner, Text, base_name
from cocoom_slack_plugin.translations import N_

_POST = (N_("This post is no longer available."), N_("{base}: this post is no longer available."))
_COMMENT = (N_("This comment is no longer available."), N_("{base}: this comment is no longer available."))
GONE = {
    "publication_published": _POST,
    "share_published": _POST,
    "publication_edited": _POST,
    "comment_added": _COMMENT,
    "comment_moderated": _POST,
    "publication_moderated": _POST,
    "share_moderated": _POST,
}
"""What is shown, and what is read out of it alone, by the kind of event that was told."""


def gone(kind: str, event: Event, manner: Manner) -> Text:
    """Raises KeyError for a kind that tells of no post."""
    shown, read_out = GONE[kind]
    line = manner.words.line(shown)
    return Text((line,), line, alone=manner.words.line(read_out, base=base_name(event)))
