"""The words of a summary: what waited for one conversation while Slack was disconnected. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC

from cocoom_slack_plugin.notifications.events import NoticesSummarised
from cocoom_slack_plugin.translations import N_

WHEN = N_("%Y-%m-%d %H:%M")
"""As strftime has it."""
SEPARATOR = " · "
OTHER = N_("Other news: {count}")
LABELS = {
    "publication_published": N_("Posts: {count}"),
    "share_published": N_("Posts: {count}"),
    "collaborator_joined": N_("Newcomers: {count}"),
    "comment_added": N_("Comments on your posts: {count}"),
    "comment_moderated": N_("Your comments that were removed: {count}"),
    "publication_edited": N_("Your posts that an administrator edited, unpublished or deleted: {count}"),
    "publication_moderated": N_("Your posts that an administrator edited, unpublished or deleted: {count}"),
    "share_moderated": N_("Your posts that an administrator edited, unpublished or deleted: {count}"),
}
"""The line under which each kind is counted, in the order in which they are shown."""


def sentence(tr: Callable[[str], str]) -> str:
    """The sentence above the counts, with the fields ``base``, ``since`` and ``until``."""
    return tr(
        N_(
            "What {base} had to tell here between {since} and {until} (UTC), while it was disconnected from Slack:"
        )
    )


def span(event: NoticesSummarised, tr: Callable[[str], str]) -> tuple[str, str]:
    """When the first and the last were recorded. In UTC, because a channel's readers may be in several time zones."""
    since, until = (each.astimezone(UTC).strftime(tr(WHEN)) for each in (event.since, event.until))
    return since, until


def counts(by_kind: Mapping[str, int], tr: Callable[[str], str]) -> str:
    """How many of what: ``Posts: 3 · Newcomers: 1``. Kinds of another version of this code count as other news."""
    summed = dict.fromkeys([*LABELS.values(), OTHER], 0)
    for kind, count in by_kind.items():
        summed[LABELS.get(kind, OTHER)] += count
    return SEPARATOR.join(tr(label).format(count=count) for label, count in summed.items() if count)
