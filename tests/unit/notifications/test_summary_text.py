"""What a summary counts, in words."""

from __future__ import annotations

import pytest

from cocoom_slack_plugin.notifications.decide import TOLD_OR_TESTED
from cocoom_slack_plugin.notifications.events import CONNECTION_TESTED, NOTICES_SUMMARISED
from cocoom_slack_plugin.notifications.summary_text import LABELS, counts


def _plain(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("by_kind", "said"),
    [
        ({"share_published": 1}, "Posts: 1"),
        ({"comment_added": 2, "publication_published": 1}, "Posts: 1 · Comments on your posts: 2"),
        (
            {"publication_edited": 1, "share_moderated": 2, "publication_moderated": 4},
            "Your posts that an administrator edited, unpublished or deleted: 7",
        ),
        ({"comment_moderated": 1}, "Your comments that were removed: 1"),
        ({"from_a_newer_version": 2, "another": 1, "collaborator_joined": 1}, "Newcomers: 1 · Other news: 3"),
        ({}, ""),
    ],
    ids=["one", "in one order", "summed", "removed", "unknown kinds", "nothing"],
)
def test_kinds_are_counted_in_the_readers_words(by_kind: dict[str, int], said: str) -> None:
    assert counts(by_kind, _plain) == said


def test_every_kind_that_is_told_has_a_word() -> None:
    assert set(LABELS) == TOLD_OR_TESTED - {CONNECTION_TESTED, NOTICES_SUMMARISED}
