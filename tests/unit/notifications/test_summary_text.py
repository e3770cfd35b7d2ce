"""What a summary counts, in words, and why it stands for what it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cocoom_hooks.payloads import User
from cocoom_slack_plugin.notifications.elements import spoken
from cocoom_slack_plugin.notifications.events import (
    CONNECTION_TESTED,
    NOTICES_SUMMARISED,
    Cause,
    NoticesSummarised,
)
from cocoom_slack_plugin.notifications.render import KINDS, put_in_words, render
from cocoom_slack_plugin.notifications.summary_text import IN_CHANNELS, LABELS, counts
from cocoom_slack_plugin.notifications.wording import wording
from cocoom_slack_plugin.testing import envelope, make_tenant, make_user

ACME = make_tenant(timezone="Europe/Paris")


def _summary(actor: User | None = None, **fields: Any) -> NoticesSummarised:
    known = {
        "conversation": "C0NEWS",
        "locale": "en",
        "counts": {"share_published": 2, "comment_added": 1},
        "since": datetime(2026, 1, 2, 9, 30, tzinfo=UTC),
        "until": datetime(2026, 1, 4, 0, 15, tzinfo=timezone(timedelta(hours=2))),
    }
    return NoticesSummarised(**{**envelope(ACME, actor), **known, **fields})


@pytest.mark.parametrize(
    ("by_kind", "said", "in_french"),
    [
        ({"share_published": 1}, "1 post", "1 publication"),
        (
            {"comment_added": 2, "publication_published": 1},
            "1 post · 2 comments on your posts",
            "1 publication · 2 commentaires sur vos publications",
        ),
        (
            {"publication_edited": 1, "share_moderated": 2, "publication_moderated": 4},
            "7 changes to your posts by an administrator",
            "7 interventions d’un administrateur sur vos publications",
        ),
        (
            {"comment_moderated": 1},
            "1 of your comments removed",
            "1 de vos commentaires supprimé",
        ),
        (
            {"from_a_newer_version": 2, "another": 1, "collaborator_joined": 1},
            "1 newcomer · 3 other pieces of news",
            "1 nouveau membre · 3 autres nouvelles",
        ),
        ({"comment_added": 0}, "", ""),
        ({}, "", ""),
    ],
    ids=["one", "in one order", "summed", "removed", "unknown kinds", "none", "nothing"],
)
def test_kinds_are_counted_in_the_readers_words(by_kind: dict[str, int], said: str, in_french: str) -> None:
    assert spoken(counts(by_kind, wording("en"), LABELS)) == said
    assert spoken(counts(by_kind, wording("fr"), LABELS)) == in_french


def test_a_channel_is_told_of_posts_that_are_not_its_readers() -> None:
    event = _summary(counts={"comment_added": 1, "publication_edited": 2})
    told = put_in_words(NOTICES_SUMMARISED, event, "en", personal=False)
    assert told.sentence.endswith(": 1 comment · 2 edits")
    assert put_in_words(NOTICES_SUMMARISED, event, "en").sentence.endswith(
        ": 1 comment on your posts · 2 changes to your posts by an administrator"
    )


def test_every_kind_that_is_told_has_a_word() -> None:
    assert set(LABELS) == set(IN_CHANNELS) == KINDS - {CONNECTION_TESTED, NOTICES_SUMMARISED}


def test_a_break_of_the_connection_is_told_with_its_span_as_dates() -> None:
    message = render(NOTICES_SUMMARISED, _summary(), "fr", personal=False)
    assert message.text == (
        "Nouvelles de la base Acme pendant sa déconnexion de Slack (2 janv. 2026, 10:30 – 3 janv. 2026, 23:15)\u00a0: "
        "2 publications · 1 commentaire"
    )
    dates = [each for each in message.blocks[0]["elements"][0]["elements"] if each["type"] == "date"]
    assert [each["timestamp"] for each in dates] == [1767346200, 1767478500]


@pytest.mark.parametrize(
    ("actor", "locale", "said"),
    [
        (None, "en", "New in Acme, added all at once: 2 posts · 1 comment"),
        (
            None,
            "fr",
            "Du nouveau dans Acme, ajouté en une seule fois\u00a0: 2 publications · 1 commentaire",
        ),
        (make_user("ana"), "en", "Ana added this to Acme all at once: 2 posts · 1 comment"),
        (
            make_user("ana"),
            "fr",
            "Ana a ajouté ceci à Acme en une seule fois\u00a0: 2 publications · 1 commentaire",
        ),
    ],
    ids=["nobody", "nobody, in French", "somebody", "somebody, in French"],
)
def test_what_came_all_at_once_is_told_as_that(actor: User | None, locale: str, said: str) -> None:
    event = _summary(actor, cause=Cause.BATCH)
    assert put_in_words(NOTICES_SUMMARISED, event, locale, personal=False).sentence == said
    assert (
        "disconnected"
        in put_in_words(NOTICES_SUMMARISED, replace(event, cause="disconnected"), "en").sentence
    )
