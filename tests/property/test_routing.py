"""Whatever the rules are: what every decision keeps to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

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
    UserStatus,
)
from cocoom_slack_plugin.notifications.decide import decide
from cocoom_slack_plugin.notifications.decision import PERSONAL, Circumstances, Decision
from cocoom_slack_plugin.notifications.events import PAYLOADS
from cocoom_slack_plugin.notifications.kinds import (
    CHANGING,
    CHANNEL_WORDS,
    IN_CHANNELS,
    NEWCOMERS,
    PERSONAL_WORDS,
    TO_PEOPLE,
)
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.notifications.route import NOTHING, Effect, Route, about, choose, flaws, tag_key
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule
from cocoom_slack_plugin.notifications.to_people import addressee
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TENANT = make_tenant()
PEOPLE, THREADS, TAGS, CHANNELS = (
    ("ann", "bob", "eve"),
    ("general", "sales"),
    ("a", "B", "c"),
    ("C0A", "C0B", "C0C"),
)


def _some(names: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.one_of(st.just(NOTHING), st.frozensets(st.sampled_from(names), min_size=1))


EFFECTS = st.sampled_from(Effect)
KINDS = st.frozensets(st.sampled_from(CHANNEL_WORDS), min_size=1)


@st.composite
def routes(draw: Any, effects: Any = EFFECTS) -> Route:
    """Any route that can be stored."""
    effect, kinds = draw(effects), draw(KINDS)
    channel = draw(st.sampled_from(CHANNELS + ((None,) if effect is Effect.MUTE else ())))
    has_thread = NEWCOMERS not in kinds
    wanted = {
        "threads": draw(_some(THREADS)) if has_thread else NOTHING,
        "tags": frozenset(map(tag_key, draw(_some(TAGS)))) if has_thread else NOTHING,
        "authors": draw(_some(PEOPLE)),
    }
    unwanted = {
        "not_threads": draw(_some(THREADS)) - wanted["threads"] if has_thread else NOTHING,
        "not_tags": frozenset(map(tag_key, draw(_some(TAGS)))) - wanted["tags"] if has_thread else NOTHING,
        "not_authors": draw(_some(PEOPLE)) - wanted["authors"],
    }
    made = Route(channel=channel, kinds=kinds, effect=effect, **wanted, **unwanted)
    if effect is not Effect.MUTE:
        when = draw(st.sampled_from([{}, {"window": 60}, {"digest": Schedule(Every.DAILY)}]))
        made = replace(made, **when)
    assert flaws(made) == []
    return made


@st.composite
def rules(draw: Any, effects: Any = EFFECTS) -> list[Route]:
    """A tenant's: no two of one meaning, numbered in their order."""
    found = draw(st.lists(routes(effects), max_size=5, unique_by=lambda each: each.meaning))
    return [replace(each, number=number) for number, each in enumerate(found, 1)]


USERS = st.builds(
    make_user,
    st.sampled_from(PEOPLE),
    status=st.sampled_from([UserStatus.ACTIVE] * 3 + list(UserStatus)),
    role=st.sampled_from(Role),
)


TOLD = tuple(sorted({*IN_CHANNELS, *TO_PEOPLE, *CHANGING}))
PUBLISHED = ("publication_published", "share_published")


@st.composite
def events(draw: Any, kinds: tuple[str, ...] = TOLD) -> tuple[str, Event]:
    """Something that the host tells, as (kind, event)."""
    kind = draw(st.sampled_from(kinds))
    actor, author, other = draw(st.one_of(st.none(), USERS)), draw(USERS), draw(USERS)
    name = draw(st.sampled_from(THREADS))
    thread = Thread(id=name, name=name, url=f"{TENANT.url}/threads/{name}")
    post = make_post(TENANT, author, thread=thread, tags=tuple(draw(st.sets(st.sampled_from(TAGS)))))
    head = {**envelope(TENANT, actor), "batch": draw(st.sampled_from([None, "import-1"]))}
    payload = PAYLOADS[kind]
    if payload is CollaboratorEvent:
        return kind, CollaboratorEvent(**head, collaborator=author)
    if issubclass(payload, CommentEvent):
        made = CommentModerated if payload is CommentModerated else CommentEvent
        return kind, made(**head, post=post, comment=make_comment(TENANT, other))
    if payload is PostModerated:
        return kind, PostModerated(**head, post=post, action=ModerationAction.DELETED)
    return kind, (PostEdited if payload is PostEdited else PostEvent)(**head, post=post)


WISHES = st.dictionaries(
    st.sampled_from(PEOPLE),
    st.builds(
        Preferences,
        off=st.frozensets(st.sampled_from(PERSONAL_WORDS)),
        quiet=st.sampled_from([None, QuietHours(0, 700), QuietHours(700, 800)]),
        digest=st.sampled_from([None, Schedule(Every.HOURLY)]),
    ),
)


def _decide(told: tuple[str, Event], rules: list[Route], **given: Any) -> list[Decision]:
    return decide(*told, Circumstances(now=NOW, routes=rules, **given))


def _channels(told: tuple[str, Event], rules: list[Route]) -> set[str]:
    """The channels that are told."""
    found = {each.conversation for each in _decide(told, rules) if each.conversation}
    return {each for each in found if not each.startswith(PERSONAL)}


@given(events(tuple(IN_CHANNELS)), rules(), st.data())
def test_a_mute_wins_whatever_else_is_there(
    told: tuple[str, Event], rules: list[Route], data: st.DataObject
) -> None:
    subject = about(*told)
    assert subject is not None
    # Any mute that means it: of each condition that it could set, this event's own.
    own = {
        "threads": frozenset({subject.thread} if subject.thread else ()),
        "tags": subject.tags,
        "authors": frozenset({subject.author} if subject.author else ()),
    }
    chosen = {name: value for name, value in own.items() if data.draw(st.booleans(), name)}
    channel = data.draw(st.sampled_from((*CHANNELS, None)), "channel")
    mute = Route(channel=channel, effect=Effect.MUTE, kinds=frozenset({subject.kind}), **chosen)
    assert mute.mismatch(subject) is None
    place = data.draw(st.integers(0, len(rules)), "place")
    decided = _decide(told, [*rules[:place], mute, *rules[place:]])
    conversations = {each.conversation for each in decided if each.conversation}
    assert mute.channel not in conversations
    assert mute.channel is not None or not conversations


@given(events(tuple(IN_CHANNELS)), rules())
def test_default_routes_tell_only_what_no_telling_route_means(
    told: tuple[str, Event], rules: list[Route]
) -> None:
    subject = about(*told)
    assert subject is not None
    by_number = {each.number: each for each in rules}
    meant = any(each.effect is Effect.TELL and each.mismatch(subject) is None for each in rules)
    used = {by_number[each.route].effect for each in _decide(told, rules) if each.conversation and each.route}
    assert used <= ({Effect.TELL} if meant else {Effect.DEFAULT})


@given(events(), rules(), WISHES)
def test_a_conversation_gets_at_most_one_notice_of_an_event(
    told: tuple[str, Event], rules: list[Route], wishes: dict[str, Preferences]
) -> None:
    found = [each.conversation for each in _decide(told, rules, preferences=wishes) if each.conversation]
    assert len(found) == len(set(found))


@given(events(), rules(st.sampled_from([Effect.TELL, Effect.MUTE])), routes(st.just(Effect.TELL)))
def test_one_more_telling_route_takes_nothing_from_anybody(
    told: tuple[str, Event], rules: list[Route], new: Route
) -> None:
    assume(new.meaning not in {each.meaning for each in rules})
    assert _channels(told, rules) <= _channels(told, [*rules, new])


@given(events(), rules(), routes())
def test_one_more_route_takes_nothing_from_other_channels_but_what_the_default_ones_told(
    told: tuple[str, Event], rules: list[Route], new: Route
) -> None:
    assume(new.channel is not None)
    by_number = {each.number: each for each in rules}
    before = [each for each in _decide(told, rules) if each.conversation and each.route]
    kept = {
        each.conversation
        for each in before
        if by_number[each.route].effect is not Effect.DEFAULT and each.conversation != new.channel
    }
    assert kept <= _channels(told, [*rules, new])


@given(events(), rules(), st.randoms(use_true_random=False))
def test_the_order_of_routes_does_not_matter_to_who_is_told(
    told: tuple[str, Event], rules: list[Route], random: Any
) -> None:
    shuffled = random.sample(rules, len(rules))
    assert _channels(told, rules) == _channels(told, shuffled)


@given(events(tuple(IN_CHANNELS)), rules())
def test_the_oldest_of_several_for_one_channel_tells(told: tuple[str, Event], rules: list[Route]) -> None:
    subject = about(*told)
    assert subject is not None
    by_number = {each.number: each for each in rules}
    for decision in _decide(told, rules):
        if decision.conversation and decision.route:
            route = by_number[decision.route]
            rivals = [
                each.number
                for each in rules
                if (each.channel, each.effect) == (route.channel, route.effect)
                and each.mismatch(subject) is None
            ]
            assert decision.route == rivals[0]


@given(events(tuple(IN_CHANNELS)), rules(), st.data())
def test_what_a_route_excludes_it_never_tells(
    told: tuple[str, Event], rules: list[Route], data: st.DataObject
) -> None:
    subject = about(*told)
    assert subject is not None
    # Any route that leaves this event out: by one of its own properties, and whatever else it asks for.
    own = {
        "not_threads": frozenset({subject.thread} if subject.thread else ()),
        "not_tags": subject.tags,
        "not_authors": frozenset({subject.author} if subject.author else ()),
    }
    name = data.draw(st.sampled_from([name for name, value in own.items() if value] or [None]), "name")
    assume(name is not None)
    out = Route(channel="C0OUT", kinds=frozenset(CHANNEL_WORDS), **{str(name): own[str(name)]})
    place = data.draw(st.integers(0, len(rules)), "place")
    assert "C0OUT" not in _channels(told, [*rules[:place], out, *rules[place:]])
    assert "C0OUT" in _channels(told, [replace(out, **{str(name): NOTHING})])


@given(events(tuple(IN_CHANNELS)), rules())
def test_what_is_told_meets_every_condition(told: tuple[str, Event], rules: list[Route]) -> None:
    subject = about(*told)
    assert subject is not None
    for route in choose(subject, rules).telling:
        assert subject.kind in route.kinds
        assert not route.threads or subject.thread in route.threads
        assert not route.tags or subject.tags & route.tags
        assert not route.authors or subject.author in route.authors


@given(events(tuple(TO_PEOPLE)), rules(), WISHES)
def test_nobody_is_told_of_their_own_act(
    told: tuple[str, Event], rules: list[Route], wishes: dict[str, Preferences]
) -> None:
    kind, event = told
    user = addressee(kind, event)
    assert user is not None
    own = replace(event, actor=replace(user, role=Role.ADMINISTRATOR))
    decided = _decide((kind, own), rules, preferences=wishes)
    assert not any((each.conversation or "").startswith(PERSONAL) for each in decided)


@given(events(), rules(), WISHES)
def test_one_active_person_is_told_and_by_no_route(
    told: tuple[str, Event], rules: list[Route], wishes: dict[str, Preferences]
) -> None:
    kind, event = told
    people = [
        each for each in _decide(told, rules, preferences=wishes) if (each.conversation or "")[:1] == "@"
    ]
    user = addressee(kind, event)
    for each in people:
        assert user is not None
        assert each.conversation == f"@{user.id}"
        assert event.actor is None or event.actor.id != user.id
        assert user.status is UserStatus.ACTIVE
        assert each.route is None


@given(events(tuple(sorted(set(TOLD) - set(IN_CHANNELS)))), rules())
def test_personal_cases_that_are_no_channels_matter_never_reach_one(
    told: tuple[str, Event], rules: list[Route]
) -> None:
    assert about(*told) is None
    assert _channels(told, rules) == set()


@given(events(), rules())
def test_a_channel_is_told_only_by_a_route_that_names_it(told: tuple[str, Event], rules: list[Route]) -> None:
    by_number = {each.number: each for each in rules}
    for each in _decide(told, rules):
        if each.conversation and not each.conversation.startswith(PERSONAL):
            assert each.route is not None
            assert by_number[each.route].channel == each.conversation


@given(events(), rules(), WISHES)
def test_every_event_leaves_a_record(
    told: tuple[str, Event], rules: list[Route], wishes: dict[str, Preferences]
) -> None:
    decided = _decide(told, rules, preferences=wishes)
    assert decided
    assert all((each.conversation is None) == (each.dropped is not None) for each in decided)
    assert all(each.not_before is None or each.not_before > NOW for each in decided)
    assert all((each.not_before is None) == (each.bundle is None) for each in decided)


@given(
    st.sets(st.sampled_from(CHANNELS), min_size=1),
    st.sets(st.sampled_from(THREADS), min_size=1),
    events(PUBLISHED),
)
def test_many_threads_go_to_many_channels(
    channels: set[str], threads: set[str], told: tuple[str, Event]
) -> None:
    _, event = told
    assert isinstance(event, PostEvent)
    rules = [Route(channel=each, threads=frozenset(threads)) for each in sorted(channels)]
    assert _channels(told, rules) == (channels if event.post.thread.id in threads else set())
