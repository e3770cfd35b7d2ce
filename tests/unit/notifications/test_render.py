"""Every message in both languages, word for word; and nothing that users wrote becomes markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cocoom_hooks.payloads import (
    CollaboratorEvent,
    CommentEvent,
    CommentModerated,
    Event,
    ModerationAction,
    PostEdited,
    PostEvent,
    PostKind,
    PostModerated,
    Role,
)
from cocoom_slack_plugin.notifications.decide import TOLD_OR_TESTED
from cocoom_slack_plugin.notifications.events import ConnectionTested, NoticesSummarised
from cocoom_slack_plugin.notifications.render import render
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

ACME = make_tenant()
ALICE = make_user("alice", role=Role.ADMINISTRATOR)
BOB, CHLOE = make_user("bob"), make_user("chloe")
POST = make_post(ACME, BOB, subtitle="What is new")
SHARE = replace(POST, kind=PostKind.SHARE, subtitle=None)
COMMENT = make_comment(ACME, CHLOE, excerpt="a comment's words")
HERE, THREAD, ENTRY = ACME.url, f"{ACME.url}/threads/general", f"{ACME.url}/posts/p1"


def _of(actor: Any = ALICE) -> dict[str, Any]:
    return {**envelope(ACME, actor), "event_id": "e1"}


def _moderated(action: ModerationAction, reason: str | None = None) -> PostModerated:
    return PostModerated(**_of(), post=POST, action=action, reason=reason)


DELETED, UNPUBLISHED = ModerationAction.DELETED, ModerationAction.UNPUBLISHED

# Name, kind, event; then for each language the notification line and what is shown: **bold**, [label](link).
GOLDEN: list[tuple[str, str, Event, dict[str, tuple[str, list[str]]]]] = [
    (
        "a publication",
        "publication_published",
        PostEvent(**_of(BOB), post=POST),
        {
            "en": (
                "Bob published “News” in #general",
                [f"**Bob** published in [#general]({THREAD})", f"**[News]({ENTRY})**", "What is new"],
            ),
            "fr": (
                "Bob a publié « News » dans #general",
                [f"**Bob** a publié dans [#general]({THREAD})", f"**[News]({ENTRY})**", "What is new"],
            ),
        },
    ),
    (
        "a share",
        "share_published",
        PostEvent(**_of(BOB), post=SHARE),
        {
            "en": (
                "Bob shared “News” in #general",
                [f"**Bob** shared in [#general]({THREAD})", f"**[News]({ENTRY})**"],
            ),
            "fr": (
                "Bob a partagé « News » dans #general",
                [f"**Bob** a partagé dans [#general]({THREAD})", f"**[News]({ENTRY})**"],
            ),
        },
    ),
    (
        "a newcomer",
        "collaborator_joined",
        CollaboratorEvent(**_of(None), collaborator=CHLOE),
        {
            "en": ("Chloe has joined Acme. Welcome!", [f"**Chloe** has joined [Acme]({HERE}). Welcome!"]),
            "fr": ("Chloe a rejoint Acme. Bienvenue !", [f"**Chloe** a rejoint [Acme]({HERE}). Bienvenue !"]),
        },
    ),
    (
        "a comment",
        "comment_added",
        CommentEvent(**_of(CHLOE), post=POST, comment=COMMENT),
        {
            "en": (
                "Chloe commented on your post “News”",
                [f"**Chloe** commented on your post “[News]({ENTRY}#c1)”", f"In [#general]({THREAD})"],
            ),
            "fr": (
                "Chloe a commenté votre publication « News »",
                [
                    f"**Chloe** a commenté votre publication « [News]({ENTRY}#c1) »",
                    f"Dans [#general]({THREAD})",
                ],
            ),
        },
    ),
    (
        "a moderated comment",
        "comment_moderated",
        CommentModerated(**_of(), post=POST, comment=COMMENT, reason="off topic"),
        {
            "en": (
                "An administrator removed your comment on “News”",
                [f"An administrator removed your comment on “[News]({ENTRY})”", "Reason: off topic"],
            ),
            "fr": (
                "Un administrateur a supprimé votre commentaire sur « News »",
                [
                    f"Un administrateur a supprimé votre commentaire sur « [News]({ENTRY}) »",
                    "Motif : off topic",
                ],
            ),
        },
    ),
    (
        "an edited publication",
        "publication_edited",
        PostEdited(**_of(), post=POST, changed_fields=("title",)),
        {
            "en": (
                "Alice, an administrator, edited your post “News”",
                [
                    f"**Alice**, an administrator, edited your post “[News]({ENTRY})”",
                    f"In [#general]({THREAD})",
                ],
            ),
            "fr": (
                "Alice (administration) a modifié votre publication « News »",
                [
                    f"**Alice** (administration) a modifié votre publication « [News]({ENTRY}) »",
                    f"Dans [#general]({THREAD})",
                ],
            ),
        },
    ),
    (
        "an unpublished publication",
        "publication_moderated",
        _moderated(UNPUBLISHED, "old news"),
        {
            "en": (
                "An administrator unpublished your post “News”",
                [
                    "An administrator unpublished your post “**News**”",
                    "Reason: old news",
                    f"In [#general]({THREAD})",
                ],
            ),
            "fr": (
                "Un administrateur a dépublié votre publication « News »",
                [
                    "Un administrateur a dépublié votre publication « **News** »",
                    "Motif : old news",
                    f"Dans [#general]({THREAD})",
                ],
            ),
        },
    ),
    (
        "a deleted share",
        "share_moderated",
        _moderated(DELETED),
        {
            "en": (
                "An administrator deleted your post “News”",
                ["An administrator deleted your post “**News**”", f"In [#general]({THREAD})"],
            ),
            "fr": (
                "Un administrateur a supprimé votre publication « News »",
                ["Un administrateur a supprimé votre publication « **News** »", f"Dans [#general]({THREAD})"],
            ),
        },
    ),
    (
        "a test",
        "connection_tested",
        ConnectionTested(**_of(None), channel="C0NEWS"),
        {
            "en": (
                "Acme can post here. This is a test message that somebody asked for.",
                [f"[Acme]({HERE}) can post here. This is a test message that somebody asked for."],
            ),
            "fr": (
                "Acme peut publier ici. Ceci est un message de test demandé par quelqu’un.",
                [f"[Acme]({HERE}) peut publier ici. Ceci est un message de test demandé par quelqu’un."],
            ),
        },
    ),
    (
        "a summary",
        "notices_summarised",
        NoticesSummarised(
            **_of(None),
            conversation="C0NEWS",
            locale="en",
            counts={"share_published": 2, "collaborator_joined": 1, "publication_published": 3},
            since=datetime(2026, 1, 2, 9, 30, tzinfo=UTC),
            until=datetime(2026, 1, 4, 0, 15, tzinfo=timezone(timedelta(hours=2))),
        ),
        {
            "en": (
                "What Acme had to tell here between 2026-01-02 09:30 and 2026-01-03 22:15 (UTC), while it was "
                "disconnected from Slack: Posts: 5 · Newcomers: 1",
                [
                    f"What [Acme]({HERE}) had to tell here between 2026-01-02 09:30 and 2026-01-03 22:15 (UTC), "
                    "while it was disconnected from Slack:",
                    "Posts: 5 · Newcomers: 1",
                ],
            ),
            "fr": (
                "Ce que Acme avait à annoncer ici entre le 02/01/2026 à 09:30 et le 03/01/2026 à 22:15 (UTC), "
                "pendant sa déconnexion de Slack : Publications : 5 · Nouveaux membres : 1",
                [
                    f"Ce que [Acme]({HERE}) avait à annoncer ici entre le 02/01/2026 à 09:30 et le 03/01/2026 à 22:15 "
                    "(UTC), pendant sa déconnexion de Slack :",
                    "Publications : 5 · Nouveaux membres : 1",
                ],
            ),
        },
    ),
]


def _elements(message: Message) -> Iterator[dict[str, Any]]:
    for block in message.blocks:
        assert block["type"] == "rich_text"
        for section in block["elements"]:
            assert section["type"] == "rich_text_section"
            yield from section["elements"]


def _shown(element: dict[str, Any]) -> str:
    text = f"[{element['text']}]({element['url']})" if element["type"] == "link" else element["text"]
    return f"**{text}**" if element.get("style") == {"bold": True} else str(text)


def _lines(message: Message) -> list[str]:
    (block,) = message.blocks
    return ["".join(map(_shown, section["elements"])) for section in block["elements"]]


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize(("name", "kind", "event", "golden"), GOLDEN, ids=[each[0] for each in GOLDEN])
def test_every_message_word_for_word(name: str, kind: str, event: Event, golden: Any, locale: str) -> None:
    message = render(kind, event, locale)
    sentence, lines = golden[locale]
    assert message.text == sentence
    assert _lines(message) == lines
    assert message.metadata == {"event_type": "cocoom_notice", "event_payload": {"event_key": "e1"}}


def test_there_is_a_golden_text_for_every_kind() -> None:
    assert {kind for _, kind, *_ in GOLDEN} == TOLD_OR_TESTED


def test_no_words_of_a_comment_leave_the_base() -> None:
    for _, kind, event, _ in GOLDEN:
        assert "comment's words" not in json.dumps(render(kind, event, "en").blocks)


def test_a_kind_that_makes_no_messages_is_refused() -> None:
    with pytest.raises(KeyError):
        render("thread_deleted", GOLDEN[0][2], "en")


HOSTILE = "<!channel> <@U0ALICE> @here *b* `c` :tada: {author} {0} %s <https://evil.test|x> \u202e\n{{title}}"


def _hostile(event: Event) -> Event:
    changes: dict[str, Any] = {"tenant": replace(event.tenant, name=HOSTILE)}
    evil = replace(BOB, display_name=HOSTILE)
    if isinstance(event, PostEvent):
        thread = replace(POST.thread, name=HOSTILE)
        changes["post"] = replace(POST, title=HOSTILE, subtitle=HOSTILE, thread=thread, author=evil)
    if isinstance(event, CommentEvent):
        changes["comment"] = replace(COMMENT, author=evil)
    if isinstance(event, PostEdited):
        changes["actor"] = evil
    if isinstance(event, PostModerated | CommentModerated):
        changes["reason"] = HOSTILE
    if isinstance(event, CollaboratorEvent):
        changes["collaborator"] = evil
    return replace(event, **changes)


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize(("name", "kind", "event", "golden"), GOLDEN, ids=[each[0] for each in GOLDEN])
def test_what_users_write_is_a_value_and_never_markup(
    name: str, kind: str, event: Event, golden: Any, locale: str
) -> None:
    message = render(kind, _hostile(event), locale)
    quiet = render(kind, event, locale)
    assert "<" not in message.text
    assert ">" not in message.text
    assert "\u202e" not in json.dumps([message.text, message.blocks], ensure_ascii=False)
    # Word for word the same links, and no kind of element that a quiet message has not.
    assert [each["url"] for each in _elements(message) if each["type"] == "link"] == [
        each["url"] for each in _elements(quiet) if each["type"] == "link"
    ]
    assert {each["type"] for each in _elements(message)} <= {"text", "link"}
    assert {key for each in _elements(message) for key in each} <= {"type", "text", "url", "style"}
    assert any("<!channel>" in each["text"] for each in _elements(message))


@pytest.mark.parametrize(("name", "kind", "event", "golden"), GOLDEN, ids=[each[0] for each in GOLDEN])
def test_long_texts_stay_within_slacks_limits(name: str, kind: str, event: Event, golden: Any) -> None:
    """slack.md D2: 4 000 characters of text, 3 000 of a section, about 13 200 of all blocks."""
    huge = "<wörd> " * 50_000
    message = render(kind, _swap(_hostile(event), huge), "fr")
    assert len(message.text) < 4000
    assert sum(len(each["text"]) for each in _elements(message)) < 3000
    assert message.text.count("…") >= 1


def _swap(event: Any, text: str) -> Any:
    """The event with another text wherever the hostile one stands."""
    changes: dict[str, Any] = {}
    for name in event.__dataclass_fields__:
        value = getattr(event, name)
        if value == HOSTILE:
            changes[name] = text
        elif hasattr(value, "__dataclass_fields__"):
            changes[name] = _swap(value, text)
    return replace(event, **changes)


@pytest.mark.parametrize("title", ["", " \n", "\u202e\u200b", "\ud800"])
def test_an_empty_title_is_shown_as_dots_so_that_there_is_something_to_press(title: str) -> None:
    event = PostEvent(**_of(BOB), post=replace(POST, title=title, author=replace(BOB, display_name=title)))
    message = render("publication_published", event, "en")
    assert message.text == "… published “…” in #general"
    assert _lines(message)[:2] == [f"**…** published in [#general]({THREAD})", f"**[…]({ENTRY})**"]
