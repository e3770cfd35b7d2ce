"""Who is told of what, where and in which language (cocoom.md 5, cases N1 to N6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
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
    PostModerated,
    Role,
    Thread,
    ThreadEvent,
    UserStatus,
)
from cocoom_slack_plugin.notifications.decide import (
    GIVE_UP,
    NEWCOMERS,
    POSTS,
    RESEND,
    TOLD_OR_TESTED,
    Decision,
    Route,
    addressee,
    decide,
)
from cocoom_slack_plugin.notifications.events import PAYLOADS, ConnectionTested, NoticesSummarised
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

ACME = make_tenant()
ALICE = make_user("alice", role=Role.ADMINISTRATOR)
BOB, CHLOE = make_user("bob"), make_user("chloe", locale="fr-FR")
POST = make_post(ACME, BOB)
COMMENT = make_comment(ACME, CHLOE)
DEFAULT = Route(POSTS, "C0DEFAULT")


def _published(**fields: Any) -> PostEvent:
    return PostEvent(**envelope(fields.pop("tenant", ACME), BOB), post=replace(POST, **fields))


def _moderated(actor: Any = ALICE) -> PostModerated:
    return PostModerated(**envelope(ACME, actor), post=POST, action=ModerationAction.DELETED)


@pytest.mark.parametrize("kind", ["publication_published", "share_published"])
class TestPosts:
    def test_they_go_to_the_channels_mapped_to_their_thread(self, kind: str) -> None:
        routes = [
            DEFAULT,
            Route(POSTS, "C0ONE", "general"),
            Route(POSTS, "C0OTHER", "other"),
            Route(POSTS, "C0TWO", "general"),
            Route(NEWCOMERS, "C0WELCOME"),
        ]
        assert decide(kind, _published(), routes) == [Decision("C0ONE", "en"), Decision("C0TWO", "en")]

    def test_else_to_the_default_channels(self, kind: str) -> None:
        routes = [
            DEFAULT,
            Route(POSTS, "C0OTHER", "other"),
            Route(NEWCOMERS, "C0WELCOME"),
            Route(POSTS, "C0B"),
        ]
        assert decide(kind, _published(), routes) == [Decision("C0DEFAULT", "en"), Decision("C0B", "en")]

    @pytest.mark.parametrize("routes", [[], [Route(NEWCOMERS, "C0W")], [Route(POSTS, "C0OTHER", "other")]])
    def test_else_nowhere_with_the_reason(self, kind: str, routes: list[Route]) -> None:
        assert decide(kind, _published(), routes) == [Decision(None, "en", "no_route")]

    def test_a_channel_gets_one_notice_whatever_names_it(self, kind: str) -> None:
        twice = [Route(POSTS, "C0ONE", "general"), Route(POSTS, "C0ONE", "general", "fr")]
        assert [each.conversation for each in decide(kind, _published(), twice)] == ["C0ONE"]

    def test_the_routes_language_comes_before_the_tenants(self, kind: str) -> None:
        french = make_tenant(locale="fr")
        routes = [Route(POSTS, "C0A", locale="en"), Route(POSTS, "C0B"), Route(POSTS, "C0C", locale="de")]
        decided = decide(kind, _published(tenant=french), routes)
        assert [each.locale for each in decided] == ["en", "fr", "fr"]


def test_newcomers_go_to_the_channels_chosen_for_them() -> None:
    """N2"""
    joined = CollaboratorEvent(**envelope(ACME), collaborator=BOB)
    routes = [DEFAULT, Route(NEWCOMERS, "C0ONE"), Route(NEWCOMERS, "C0TWO", locale="fr")]
    assert decide("collaborator_joined", joined, routes) == [Decision("C0ONE", "en"), Decision("C0TWO", "fr")]
    assert decide("collaborator_joined", joined, [DEFAULT]) == [Decision(None, "en", "no_route")]


def _commented(**changes: Any) -> CommentEvent:
    known = {**envelope(ACME, CHLOE), "post": POST, "comment": COMMENT}
    return CommentEvent(**{**known, **changes})


PERSONAL = [
    ("comment_added", _commented(), BOB),
    ("comment_moderated", CommentModerated(**envelope(ACME, ALICE), post=POST, comment=COMMENT), CHLOE),
    ("publication_edited", PostEdited(**envelope(ACME, ALICE), post=POST), BOB),
    ("publication_moderated", _moderated(), BOB),
    ("share_moderated", _moderated(), BOB),
]


@pytest.mark.parametrize(("kind", "event", "told"), PERSONAL, ids=[each[0] for each in PERSONAL])
class TestPersonalCases:
    """N3 to N6"""

    def test_one_person_is_told_and_never_a_channel(self, kind: str, event: Event, told: Any) -> None:
        (decision,) = decide(kind, event, [DEFAULT, Route(POSTS, "C0ONE", "general")])
        assert decision == Decision(f"@{told.id}", "fr" if told is CHLOE else "en")
        assert addressee(kind, event) == told

    def test_nobody_is_told_of_their_own_act(self, kind: str, event: Event, told: Any) -> None:
        own = replace(event, actor=replace(told, role=Role.ADMINISTRATOR))
        assert decide(kind, own, [DEFAULT]) == [Decision(None, "en", "own_act")]

    @pytest.mark.parametrize("status", [UserStatus.INVITED, UserStatus.DEACTIVATED, UserStatus.REMOVED])
    def test_nobody_is_told_who_is_not_active(
        self, kind: str, event: Any, told: Any, status: UserStatus
    ) -> None:
        away = replace(told, status=status)
        changes: dict[str, Any] = {"post": replace(POST, author=away)}
        if kind == "comment_moderated":
            changes = {"comment": replace(COMMENT, author=away)}
        assert decide(kind, replace(event, **changes), []) == [Decision(None, "en", "not_active")]


def test_the_system_may_moderate_too() -> None:
    assert decide("publication_moderated", _moderated(actor=None), []) == [Decision("@bob", "en")]


@pytest.mark.parametrize("actor", [CHLOE, BOB, None, replace(BOB, role=Role.READER)])
def test_an_edit_is_told_only_when_an_administrator_did_it(actor: Any) -> None:
    """N5"""
    edited = PostEdited(**envelope(ACME, actor), post=POST)
    assert decide("publication_edited", edited, []) == [Decision(None, "en", "not_by_an_administrator")]


def test_the_persons_language_comes_before_the_tenants() -> None:
    french = make_tenant(locale="fr")
    for locale, best in ((None, "fr"), ("en-GB", "en"), ("de", "fr")):
        event = _commented(tenant=french, post=replace(POST, author=replace(BOB, locale=locale)))
        assert decide("comment_added", event, [])[0].locale == best


def test_a_test_goes_to_its_channel_past_all_routes() -> None:
    event = ConnectionTested(**envelope(make_tenant(locale="fr")), channel="C0NEWS")
    assert decide("connection_tested", event, [DEFAULT]) == [Decision("C0NEWS", "fr")]
    assert addressee("connection_tested", event) is None


def _summarised(conversation: str, **fields: Any) -> NoticesSummarised:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    known = {"locale": "fr", "counts": {"share_published": 2}, "since": at, "until": at}
    return NoticesSummarised(**{**envelope(ACME), **known, **fields}, conversation=conversation)


def test_a_summary_goes_where_its_notices_waited_and_in_their_language() -> None:
    assert decide("notices_summarised", _summarised("C0NEWS"), [DEFAULT]) == [Decision("C0NEWS", "fr")]
    assert addressee("notices_summarised", _summarised("C0NEWS")) is None
    personal = _summarised("@bob", addressee=BOB)
    assert decide("notices_summarised", personal, []) == [Decision("@bob", "fr")]
    assert addressee("notices_summarised", personal) == BOB


def test_a_routes_word_on_doubt_is_its_decisions_and_personal_ones_are_sent_again() -> None:
    routes = [Route(POSTS, "C0A", on_doubt=GIVE_UP), Route(POSTS, "C0B")]
    decided = decide("share_published", _published(), routes)
    assert [each.on_doubt for each in decided] == [GIVE_UP, RESEND]
    joined = CollaboratorEvent(**envelope(ACME), collaborator=BOB)
    (newcomer,) = decide("collaborator_joined", joined, [Route(NEWCOMERS, "C0W", on_doubt=GIVE_UP)])
    assert newcomer.on_doubt == GIVE_UP
    (personal,) = decide("comment_added", _commented(), routes)
    assert personal.on_doubt == RESEND


@pytest.mark.parametrize("kind", [*sorted(set(PAYLOADS) - TOLD_OR_TESTED), "from_a_newer_version"])
def test_everything_else_is_told_to_nobody_and_leaves_a_record(kind: str) -> None:
    thread = Thread(id="general", name="general", url=f"{ACME.url}/threads/general")
    assert decide(kind, ThreadEvent(**envelope(ACME), thread=thread), [DEFAULT]) == [
        Decision(None, "en", "nobody_is_told")
    ]


def test_the_six_cases_are_told() -> None:
    assert TOLD_OR_TESTED - {"connection_tested", "notices_summarised"} == {
        "publication_published",
        "share_published",
        "collaborator_joined",
        "comment_added",
        "comment_moderated",
        "publication_edited",
        "publication_moderated",
        "share_moderated",
    }
