"""Which events a route means, which of several routes tell one, and what is wrong with a route."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cocoom_hooks.payloads import CollaboratorEvent, CommentEvent, PostEdited, PostEvent
from cocoom_slack_plugin.notifications.kinds import CHANNEL_WORDS, IN_CHANNELS
from cocoom_slack_plugin.notifications.route import (
    LONGEST_WINDOW,
    About,
    Effect,
    Route,
    about,
    choose,
    flaws,
    tag_key,
)
from cocoom_slack_plugin.notifications.schedule import Every, Schedule
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

ACME = make_tenant()
ALICE, BOB, CHLOE = make_user("alice"), make_user("bob"), make_user("chloe")
POST = make_post(ACME, BOB, tags=("Sales", " Été "))
SUBJECT = About("shares", "bob", "general", frozenset({"sales", "news"}))


def route(channel: str | None = "C0A", **fields: Any) -> Route:
    lists = {name: frozenset(value) for name, value in fields.items() if isinstance(value, set)}
    return Route(channel=channel, **{**fields, **lists})


class TestAbout:
    def test_a_post_is_looked_at_with_its_author_thread_and_tags(self) -> None:
        found = about("share_published", PostEvent(**envelope(ACME, ALICE), post=POST))
        assert found == About("shares", "bob", "general", frozenset({"sales", "été"}))

    def test_of_a_comment_the_author_is_who_commented(self) -> None:
        event = CommentEvent(**envelope(ACME, ALICE), post=POST, comment=make_comment(ACME, CHLOE))
        found = about("comment_added", event)
        assert found is not None
        assert (found.kind, found.author) == ("comments", "chloe")

    @pytest.mark.parametrize(
        ("actor", "author"), [(ALICE, "alice"), (None, None)], ids=["somebody", "nobody"]
    )
    def test_of_an_edit_the_author_is_who_edited(self, actor: Any, author: str | None) -> None:
        found = about("publication_edited", PostEdited(**envelope(ACME, actor), post=POST))
        assert found is not None
        assert (found.kind, found.author) == ("edits", author)

    def test_a_newcomer_has_no_thread_and_no_tags(self) -> None:
        event = CollaboratorEvent(**envelope(ACME, ALICE), collaborator=BOB)
        assert about("collaborator_joined", event) == About("newcomers", "bob", None)

    @pytest.mark.parametrize(
        "kind", ["comment_moderated", "publication_moderated", "connection_tested", "new"]
    )
    def test_what_no_channel_is_told_of_is_no_matter_of_routes(self, kind: str) -> None:
        assert about(kind, PostEvent(**envelope(ACME), post=POST)) is None

    def test_every_kind_has_a_word(self) -> None:
        assert set(IN_CHANNELS.values()) == set(CHANNEL_WORDS)

    @pytest.mark.parametrize("tag", ["Sales", "SALES", " sales "])
    def test_tags_are_compared_without_case_and_spaces(self, tag: str) -> None:
        assert tag_key(tag) == "sales"
        assert tag_key("STRASSE") == tag_key("Straße")


MISMATCHES = {
    "kind": {"kinds": {"publications"}},
    "thread": {"threads": {"other", "third"}},
    "not_thread": {"not_threads": {"general"}},
    "tag": {"tags": {"hr"}},
    "not_tag": {"not_tags": {"news", "hr"}},
    "author": {"authors": {"alice"}},
    "not_author": {"not_authors": {"bob"}},
}
MATCHES: dict[str, dict[str, Any]] = {
    "nothing asked": {},
    "thread": {"threads": {"general", "other"}},
    "not thread": {"not_threads": {"other"}},
    "one of the tags": {"tags": {"hr", "news"}},
    "not tag": {"not_tags": {"hr"}},
    "author": {"authors": {"bob"}},
    "not author": {"not_authors": {"alice"}},
    "all at once": {"threads": {"general"}, "tags": {"sales"}, "authors": {"bob"}, "not_tags": {"hr"}},
}


class TestMismatch:
    @pytest.mark.parametrize("condition", MISMATCHES)
    def test_the_condition_that_does_not_hold_is_named(self, condition: str) -> None:
        assert route(**MISMATCHES[condition]).mismatch(SUBJECT) == condition

    @pytest.mark.parametrize("name", MATCHES)
    def test_all_conditions_hold(self, name: str) -> None:
        assert route(**MATCHES[name]).mismatch(SUBJECT) is None

    def test_of_several_the_first_is_named(self) -> None:
        fields = {name: value for each in MISMATCHES.values() for name, value in each.items()}
        for condition, fields_of_it in MISMATCHES.items():
            assert route(**fields).mismatch(SUBJECT) == condition
            for name in fields_of_it:
                del fields[name]

    def test_what_is_excluded_is_never_meant_even_when_it_is_wanted(self) -> None:
        assert route(tags={"sales"}, not_tags={"news"}).mismatch(SUBJECT) == "not_tag"

    def test_what_has_no_thread_is_in_none(self) -> None:
        newcomer = About("newcomers", "bob", None)
        assert route(kinds={"newcomers"}, threads={"general"}).mismatch(newcomer) == "thread"
        assert route(kinds={"newcomers"}, not_threads={"general"}).mismatch(newcomer) is None

    def test_what_nobody_did_is_by_none(self) -> None:
        edit = About("edits", None, "general")
        assert route(kinds={"edits"}, authors={"bob"}).mismatch(edit) == "author"
        assert route(kinds={"edits"}, not_authors={"bob"}).mismatch(edit) is None


class TestChoose:
    def test_many_to_many(self) -> None:
        routes = [route("C0A", threads={"general"}), route("C0B", threads={"general", "other"}), route("C0C")]
        assert choose(SUBJECT, routes).telling == tuple(routes)
        assert choose(replace(SUBJECT, thread="other"), routes).telling == tuple(routes[1:])

    def test_default_routes_are_asked_last(self) -> None:
        default = route("C0D", effect=Effect.DEFAULT)
        assert choose(SUBJECT, [default]).telling == (default,)
        assert choose(SUBJECT, [default, route()]).telling == (route(),)

    def test_a_mute_names_itself(self) -> None:
        tell, mute = route(), route(effect=Effect.MUTE)
        chosen = choose(SUBJECT, [mute, tell, route("C0B")])
        assert chosen.telling == (route("C0B"),)
        assert chosen.muted == ((tell, mute),)
        assert chosen.everywhere is None

    def test_a_mute_without_a_channel_is_everywhere(self) -> None:
        everywhere = route(None, effect=Effect.MUTE)
        chosen = choose(SUBJECT, [route(), everywhere])
        assert (chosen.telling, chosen.everywhere) == ((), everywhere)

    def test_a_mute_of_something_else_changes_nothing(self) -> None:
        assert choose(SUBJECT, [route(), route(effect=Effect.MUTE, tags={"hr"})]).telling == (route(),)


FLAWS: dict[str, tuple[Route, str]] = {
    "no kind": (route(kinds=set()), "at least one kind is needed"),
    "unknown kind": (route(kinds={"polls"}), "there is no kind polls; the kinds are publications, shares"),
    "no channel": (route(None), "only a mute can do without a channel"),
    "default without channel": (route(None, effect=Effect.DEFAULT), "only a mute can do without a channel"),
    "newcomers in a thread": (
        route(kinds={"newcomers"}, threads={"x"}),
        "newcomers have no thread and no tag",
    ),
    "newcomers without a tag": (
        route(kinds={"newcomers"}, not_tags={"x"}),
        "newcomers have no thread and no tag",
    ),
    "mute with language": (route(effect=Effect.MUTE, locale="fr"), "a mute tells nothing"),
    "mute with digest": (route(effect=Effect.MUTE, digest=Schedule(Every.DAILY)), "a mute tells nothing"),
    "mute with window": (route(effect=Effect.MUTE, window=5), "a mute tells nothing"),
    "broadcast of posts": (route(broadcast=True), "only comments and edits are told as replies"),
    "broadcast without replies": (
        route(kinds={"comments"}, broadcast=True, replies=False),
        "only comments and edits are told as replies",
    ),
    "digest and window": (
        route(digest=Schedule(Every.DAILY), window=5),
        "leave out the window or the digest",
    ),
    "negative window": (route(window=-1), f"the window is 0 to {LONGEST_WINDOW} seconds"),
    "long window": (route(window=LONGEST_WINDOW + 1), f"the window is 0 to {LONGEST_WINDOW} seconds"),
    "time zone": (route(timezone="Paris"), "there is no time zone Paris; an example is Europe/Paris"),
    "hour": (route(digest=Schedule(Every.DAILY, 24)), "the digest's hour is 0 to 23"),
    "weekday": (route(digest=Schedule(Every.WEEKLY, 9, 7)), "the digest's weekday is 0 (Monday) to 6"),
    "language": (route(locale="de"), "there are texts in en, fr only"),
    "both": (route(tags={"a", "b"}, not_tags={"a"}), "what is both wanted and excluded is never told: a"),
    "empty name": (route(authors={""}), "are not empty and hold no control characters"),
    "NUL": (route(threads={"a\0"}), "are not empty and hold no control characters"),
    "surrogate": (route(not_tags={"\ud800"}), "are not empty and hold no control characters"),
}
SOUND = {
    "plain": route(),
    "default": route(effect=Effect.DEFAULT),
    "mute everywhere": route(None, effect=Effect.MUTE),
    "mute of comments": route(effect=Effect.MUTE, kinds={"comments"}),
    "newcomers by author": route(kinds={"newcomers"}, not_authors={"bob"}),
    "broadcast": route(kinds={"comments", "shares"}, broadcast=True),
    "digest": route(digest=Schedule(Every.WEEKLY, 0, 6), timezone="Europe/Paris", locale="fr"),
    "window": route(window=LONGEST_WINDOW),
    "composed emoji": route(tags={"👩\u200d💻"}),
}


class TestFlaws:
    @pytest.mark.parametrize("name", FLAWS)
    def test_what_is_wrong_is_said(self, name: str) -> None:
        wrong, sentence = FLAWS[name]
        assert any(sentence in each for each in flaws(wrong)), flaws(wrong)

    @pytest.mark.parametrize("name", SOUND)
    def test_what_is_sound_has_none(self, name: str) -> None:
        assert flaws(SOUND[name]) == []

    def test_all_are_said_at_once(self) -> None:
        assert len(flaws(route(None, kinds={"polls"}, window=-1, locale="de"))) == 4


def test_routes_of_the_same_meaning_differ_in_how_they_tell_alone() -> None:
    plain = route(number=1)
    assert plain.meaning == route(locale="fr", window=9, number=2).meaning
    different = ({"effect": Effect.DEFAULT}, {"kinds": {"shares"}}, *MISMATCHES.values())
    assert all(route(**fields).meaning != plain.meaning for fields in different)
    assert route("C0B").meaning != plain.meaning
