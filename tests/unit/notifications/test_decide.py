"""Who is told of what, where and in which language (cocoom.md 5, cases N1 to N6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from cocoom_slack_plugin.notifications import decide as deciding
from cocoom_slack_plugin.notifications.decide import TOLD_OR_TESTED
from cocoom_slack_plugin.notifications.decision import Act, Circumstances, Decision
from cocoom_slack_plugin.notifications.events import PAYLOADS, ConnectionTested, NoticesSummarised
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.notifications.route import GIVE_UP, RESEND, Effect, Route
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule
from cocoom_slack_plugin.notifications.to_people import addressee
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
NEWCOMERS = frozenset({"newcomers"})


def route(channel: str | None, thread: str | None = None, locale: str | None = None, **fields: Any) -> Route:
    """A route of this thread, or of all."""
    lists = {name: frozenset(value) for name, value in fields.items() if isinstance(value, set)}
    known = {"threads": frozenset({thread} if thread else ()), "locale": locale, **fields, **lists}
    return Route(channel=channel, **known)


def mute(channel: str | None = None, **fields: Any) -> Route:
    return route(channel, effect=Effect.MUTE, **fields)


def decide(kind: str, event: Event, routes: Sequence[Route] = (), **given: Any) -> list[Decision]:
    return deciding.decide(kind, event, Circumstances(**{"now": NOON, "routes": routes, **given}))


def told(kind: str, event: Event, routes: Sequence[Route] = (), **given: Any) -> list[tuple[str | None, str]]:
    """(conversation or reason, language) of each decision."""
    return [(each.conversation or each.dropped, each.locale) for each in decide(kind, event, routes, **given)]


ACME = make_tenant()
ALICE = make_user("alice", role=Role.ADMINISTRATOR)
BOB, CHLOE = make_user("bob"), make_user("chloe", locale="fr-FR")
POST = make_post(ACME, BOB)
COMMENT = make_comment(ACME, CHLOE)
DEFAULT = route("C0DEFAULT", effect=Effect.DEFAULT)


def _published(**fields: Any) -> PostEvent:
    return PostEvent(**envelope(fields.pop("tenant", ACME), BOB), post=replace(POST, **fields))


def _moderated(actor: Any = ALICE) -> PostModerated:
    return PostModerated(**envelope(ACME, actor), post=POST, action=ModerationAction.DELETED)


@pytest.mark.parametrize("kind", ["publication_published", "share_published"])
class TestPosts:
    def test_they_go_to_the_channels_of_every_route_that_means_them(self, kind: str) -> None:
        routes = [
            DEFAULT,
            route("C0ONE", "general"),
            route("C0OTHER", "other"),
            route("C0TWO", "general"),
            route("C0WELCOME", kinds=NEWCOMERS),
        ]
        assert told(kind, _published(), routes) == [("C0ONE", "en"), ("C0TWO", "en")]

    def test_else_to_the_default_channels(self, kind: str) -> None:
        routes = [
            DEFAULT,
            route("C0OTHER", "other"),
            route("C0WELCOME", kinds=NEWCOMERS),
            route("C0B", effect=Effect.DEFAULT),
        ]
        assert told(kind, _published(), routes) == [("C0DEFAULT", "en"), ("C0B", "en")]

    @pytest.mark.parametrize(
        "routes",
        [[], [route("C0W", kinds=NEWCOMERS)], [route("C0OTHER", "other")]],
        ids=["none", "newcomers", "other thread"],
    )
    def test_else_nowhere_with_the_reason(self, kind: str, routes: list[Route]) -> None:
        assert decide(kind, _published(), routes) == [Decision(None, "en", "no_route")]

    def test_a_channel_gets_one_notice_by_the_oldest_of_the_routes_that_name_it(self, kind: str) -> None:
        twice = [route("C0ONE", "general", number=3), route("C0ONE", locale="fr", number=4)]
        assert [(each.conversation, each.route) for each in decide(kind, _published(), twice)] == [
            ("C0ONE", 3)
        ]

    def test_the_routes_language_comes_before_the_tenants(self, kind: str) -> None:
        french = make_tenant(locale="fr")
        routes = [route("C0A", locale="en"), route("C0B"), route("C0C", locale="de")]
        assert told(kind, _published(tenant=french), routes) == [("C0A", "en"), ("C0B", "fr"), ("C0C", "fr")]

    def test_a_mute_of_a_channel_silences_it_alone_and_leaves_a_record(self, kind: str) -> None:
        routes = [route("C0A", number=1), route("C0B", number=2), mute("C0A", number=3)]
        decided = decide(kind, _published(), routes)
        assert [(each.conversation, each.dropped, each.route) for each in decided] == [
            ("C0B", None, 2),
            (None, "muted", 3),
        ]

    def test_a_mute_without_a_channel_silences_all_of_them(self, kind: str) -> None:
        routes = [route("C0A", number=1), route("C0B", number=2), mute(number=3)]
        decided = decide(kind, _published(), routes)
        assert {(each.conversation, each.dropped, each.route) for each in decided} == {(None, "muted", 3)}

    def test_what_is_muted_everywhere_is_no_gap_in_the_rules(self, kind: str) -> None:
        (decision,) = decide(kind, _published(), [mute(number=3)])
        assert (decision.dropped, decision.route) == ("muted", 3)

    def test_what_a_mute_silences_does_not_go_to_the_default_channel_instead(self, kind: str) -> None:
        assert told(kind, _published(), [DEFAULT, route("C0A"), mute("C0A")]) == [("muted", "en")]


def test_newcomers_go_to_the_channels_chosen_for_them() -> None:
    """N2"""
    joined = CollaboratorEvent(**envelope(ACME), collaborator=BOB)
    routes = [DEFAULT, route("C0ONE", kinds=NEWCOMERS), route("C0TWO", locale="fr", kinds=NEWCOMERS)]
    assert told("collaborator_joined", joined, routes) == [("C0ONE", "en"), ("C0TWO", "fr")]
    assert decide("collaborator_joined", joined, [DEFAULT]) == [Decision(None, "en", "no_route")]


class TestWhenItIsTold:
    def test_at_once_where_nothing_else_is_said(self) -> None:
        (decision,) = decide("share_published", _published(), [route("C0A")])
        assert (decision.not_before, decision.bundle) == (None, None)

    def test_with_more_of_the_same_person_within_the_window(self) -> None:
        (decision,) = decide("share_published", _published(), [route("C0A", window=90)])
        assert (decision.not_before, decision.bundle) == (NOON + timedelta(seconds=90), "author:bob")

    def test_nobody_is_waited_for_where_nobody_did_it(self) -> None:
        by_the_system = replace(_published(), actor=None)
        assert decide("share_published", by_the_system, [route("C0A", window=90)])[0].not_before is None

    def test_with_the_other_parts_of_an_import(self) -> None:
        part = replace(_published(), batch="import-7")
        (decision,) = decide("share_published", part, [route("C0A", window=90)], patience=30)
        assert decision.not_before == NOON + timedelta(seconds=30)
        assert decision.bundle == "batch:import-7"

    def test_in_the_digest_by_the_routes_clock_else_the_tenants(self) -> None:
        daily = Schedule(Every.DAILY, 9)
        paris = make_tenant(timezone="Europe/Paris")
        routes = [route("C0A", digest=daily), route("C0B", digest=daily, timezone="America/New_York")]
        decided = decide("share_published", _published(tenant=paris), routes)
        assert [each.not_before for each in decided] == [
            datetime(2026, 3, 3, 8, tzinfo=UTC),
            datetime(2026, 3, 2, 14, tzinfo=UTC),
        ]

    def test_an_import_does_not_change_when_a_digest_is_told(self) -> None:
        part = replace(_published(), batch="import-7")
        (decision,) = decide("share_published", part, [route("C0A", digest=Schedule(Every.HOURLY))])
        assert decision.not_before == NOON + timedelta(hours=1)

    def test_digests_of_different_times_are_different_digests(self) -> None:
        """Otherwise the hourly one would wait for the weekly one in the same channel."""
        hourly, weekly = (
            route("C0A", digest=Schedule(Every.HOURLY)),
            route("C0A", digest=Schedule(Every.WEEKLY)),
        )
        (soon,), (late,) = (decide("share_published", _published(), [each]) for each in (hourly, weekly))
        again = decide("share_published", _published(), [hourly], now=NOON + timedelta(minutes=5))
        assert soon.bundle != late.bundle
        assert again[0].bundle == soon.bundle


class TestCommentsAndEditsInChannels:
    ROUTE = route("C0A", kinds={"comments", "edits"}, number=5)

    def test_they_go_under_the_posts_message(self) -> None:
        channel, person = decide("comment_added", _commented(), [self.ROUTE])
        assert (channel.conversation, channel.reply, channel.broadcast, channel.route) == (
            "C0A",
            True,
            False,
            5,
        )
        assert (person.conversation, person.reply) == ("@bob", False)

    def test_or_by_themselves_where_the_route_says_so(self) -> None:
        (channel, _) = decide(
            "comment_added", _commented(), [replace(self.ROUTE, replies=False, broadcast=True)]
        )
        assert (channel.reply, channel.broadcast) == (False, False)

    def test_the_channel_sees_a_reply_only_when_the_route_asks_for_it(self) -> None:
        (channel, _) = decide("comment_added", _commented(), [replace(self.ROUTE, broadcast=True)])
        assert (channel.reply, channel.broadcast) == (True, True)

    def test_a_post_is_no_reply(self) -> None:
        (channel,) = decide("share_published", _published(), [route("C0A", kinds={"shares", "comments"})])
        assert not channel.reply

    def test_without_a_route_nothing_is_missing(self) -> None:
        (decision,) = decide("comment_added", _commented(), [DEFAULT])
        assert decision.conversation == "@bob"

    def test_edits_of_a_post_are_told_once_for_all(self) -> None:
        edited = PostEdited(**envelope(ACME, BOB), post=POST)
        (channel, person) = decide("publication_edited", edited, [self.ROUTE], patience=30)
        assert (channel.not_before, channel.bundle) == (NOON + timedelta(seconds=30), "edits:p1")
        assert person.dropped == "not_by_an_administrator"

    def test_a_mute_everywhere_holds_for_direct_messages_too(self) -> None:
        decided = decide("comment_added", _commented(), [mute(kinds={"comments"}, number=9)])
        assert [(each.dropped, each.route) for each in decided] == [("muted", 9)]

    def test_a_mute_of_a_channel_does_not(self) -> None:
        decided = decide("comment_added", _commented(), [mute("C0A", kinds={"comments"})])
        assert [each.conversation for each in decided] == ["@bob"]


class TestPreferences:
    def _decide(self, now: datetime = NOON, **wishes: Any) -> Decision:
        (decision,) = decide(
            "comment_added", _commented(), now=now, preferences={"bob": Preferences(**wishes)}
        )
        return decision

    def test_what_somebody_does_not_want_is_not_told(self) -> None:
        assert self._decide(off=frozenset({"comments"})).dropped == "not_wanted"
        assert self._decide(off=frozenset({"edits"})).conversation == "@bob"

    def test_quiet_hours_are_waited_for(self) -> None:
        quiet = QuietHours(11 * 60, 14 * 60)
        waits = self._decide(quiet=quiet)
        assert (waits.not_before, waits.bundle) == (NOON + timedelta(hours=2), "quiet")
        assert self._decide(quiet=quiet, now=NOON + timedelta(hours=3)).not_before is None

    def test_a_digest_waits_for_its_hour_and_for_the_end_of_the_quiet(self) -> None:
        digest = Schedule(Every.DAILY, 18)
        waits = self._decide(digest=digest)
        assert waits.not_before == datetime(2026, 3, 2, 18, tzinfo=UTC)
        assert str(waits.bundle).startswith("digest:")
        late = self._decide(digest=digest, quiet=QuietHours(17 * 60, 19 * 60))
        assert late.not_before == datetime(2026, 3, 2, 19, tzinfo=UTC)

    def test_the_clock_is_theirs(self) -> None:
        waits = self._decide(digest=Schedule(Every.DAILY, 18), timezone="Asia/Tokyo")
        assert waits.not_before == datetime(2026, 3, 3, 9, tzinfo=UTC)

    def test_they_are_nobody_elses(self) -> None:
        given = {"chloe": Preferences(off=frozenset({"comments"}))}
        assert told("comment_added", _commented(), preferences=given) == [("@bob", "en")]


class TestWhatWasTold:
    TOLD = ("C0A", "C0B")

    @pytest.mark.parametrize(
        "kind",
        [
            "publication_unpublished",
            "publication_deleted",
            "share_deleted",
            "comment_deleted",
        ],
    )
    def test_it_follows_at_once_when_something_is_gone(self, kind: str) -> None:
        event = _commented() if kind.startswith("comment") else _published()
        decided = decide(kind, event, told=self.TOLD)
        assert [(each.conversation, each.act, each.not_before) for each in decided] == [
            (each, Act.AMEND, None) for each in self.TOLD
        ]

    def test_it_follows_edits_when_no_further_one_comes(self) -> None:
        edited = PostEdited(**envelope(ACME, BOB), post=POST)
        decided = decide("publication_edited", edited, told=self.TOLD, patience=30)
        amended = [each for each in decided if each.act is Act.AMEND]
        assert [(each.conversation, each.bundle) for each in amended] == [
            (each, "amend:p1") for each in self.TOLD
        ]
        assert {each.not_before for each in amended} == {NOON + timedelta(seconds=30)}

    def test_no_mute_keeps_an_old_message_from_following(self) -> None:
        decided = decide("share_deleted", _published(), [mute()], told=self.TOLD)
        assert [each.conversation for each in decided] == list(self.TOLD)

    def test_moderation_is_told_to_the_author_too(self) -> None:
        decided = decide("publication_moderated", _moderated(), told=self.TOLD)
        assert [(each.conversation, each.act) for each in decided] == [
            ("@bob", Act.TELL),
            ("C0A", Act.AMEND),
            ("C0B", Act.AMEND),
        ]


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


@pytest.mark.parametrize(("kind", "event", "whom"), PERSONAL, ids=[each[0] for each in PERSONAL])
class TestPersonalCases:
    """N3 to N6"""

    def test_one_person_is_told_and_never_a_channel(self, kind: str, event: Event, whom: Any) -> None:
        (decision,) = decide(kind, event, [DEFAULT, route("C0ONE", "general")])
        assert decision == Decision(f"@{whom.id}", "fr" if whom is CHLOE else "en")
        assert addressee(kind, event) == whom

    def test_nobody_is_told_of_their_own_act(self, kind: str, event: Event, whom: Any) -> None:
        own = replace(event, actor=replace(whom, role=Role.ADMINISTRATOR))
        assert decide(kind, own, [DEFAULT]) == [Decision(None, "en", "own_act")]

    @pytest.mark.parametrize("status", [UserStatus.INVITED, UserStatus.DEACTIVATED, UserStatus.REMOVED])
    def test_nobody_is_told_who_is_not_active(
        self, kind: str, event: Any, whom: Any, status: UserStatus
    ) -> None:
        away = replace(whom, status=status)
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
    routes = [route("C0A", on_doubt=GIVE_UP), route("C0B")]
    decided = decide("share_published", _published(), routes)
    assert [each.on_doubt for each in decided] == [GIVE_UP, RESEND]
    joined = CollaboratorEvent(**envelope(ACME), collaborator=BOB)
    (newcomer,) = decide("collaborator_joined", joined, [route("C0W", kinds=NEWCOMERS, on_doubt=GIVE_UP)])
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
