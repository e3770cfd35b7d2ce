"""The words of a summary: how many of what there was for one conversation, in place of each by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.notifications.elements import DOT, SPACE, Line, joined
from cocoom_slack_plugin.notifications.events import Cause, NoticesSummarised
from cocoom_slack_plugin.notifications.text import Manner, Text, base_link, name
from cocoom_slack_plugin.notifications.wording import Wording
from cocoom_slack_plugin.translations import N_, P_, Plural

OTHER = P_("{count} other piece of news", "{count} other pieces of news")
_POSTS = P_("{count} post", "{count} posts")
_MODERATION = P_(
    "{count} change to your posts by an administrator", "{count} changes to your posts by an administrator"
)
LABELS: Mapping[str, Plural] = {
    "publication_published": _POSTS,
    "share_published": _POSTS,
    "collaborator_joined": P_("{count} newcomer", "{count} newcomers"),
    "comment_added": P_("{count} comment on your posts", "{count} comments on your posts"),
    "comment_moderated": P_("{count} of your comments removed", "{count} of your comments removed"),
    "publication_edited": _MODERATION,
    "publication_moderated": _MODERATION,
    "share_moderated": _MODERATION,
}
"""As what each kind is counted for a person, in the order in which it is said."""
IN_CHANNELS: Mapping[str, Plural] = {
    **LABELS,
    "comment_added": P_("{count} comment", "{count} comments"),
    "publication_edited": P_("{count} edit", "{count} edits"),
}
"""The same for a channel, whose readers the posts are not."""


def summarised(event: Event, manner: Manner) -> Text:
    assert isinstance(event, NoticesSummarised)
    labels = LABELS if manner.personal else IN_CHANNELS
    head, said = _head(event, manner.words), counts(event.counts, manner.words, labels)
    return Text((head, said), joined([head, said], SPACE))


def counts(by_kind: Mapping[str, int], words: Wording, labels: Mapping[str, Plural]) -> Line:
    """How many of what: ``3 posts · 1 newcomer``. Kinds of another version of this code count as other news."""
    summed = dict.fromkeys([*labels.values(), OTHER], 0)
    for kind, count in by_kind.items():
        summed[labels.get(kind, OTHER)] += count
    return joined([words.counted(label, count) for label, count in summed.items() if count], DOT)


def _head(event: NoticesSummarised, words: Wording) -> Line:
    """The sentence above the counts, which says why they stand for each."""
    base = base_link(event)
    if event.cause is not Cause.BATCH:
        zone = event.tenant.timezone
        return words.line(
            N_("What {base} had to tell here while it was disconnected from Slack ({since} – {until}):"),
            base=base,
            since=words.date(event.since, zone),
            until=words.date(event.until, zone),
        )
    if event.actor is None:
        return words.line(N_("New in {base}, added all at once:"), base=base)
    return words.line(N_("{author} added this to {base} all at once:"), author=name(event.actor), base=base)
