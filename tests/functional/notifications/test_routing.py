"""Several routes for a thread and several threads for a channel: the right lanes, with the number of the route."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from cocoom_hooks.payloads import CollaboratorEvent, PostEdited, PostEvent
from cocoom_slack_plugin.notifications import routes
from cocoom_slack_plugin.notifications.route import Effect, Route
from cocoom_slack_plugin.notifications.schedule import Every, Schedule
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.testing import envelope

from .host import ACME, ALICE, BOB, CHLOE, GLOBEX, Host, commented, shared

_NOTICES = text("""
    SELECT l.conversation, n.route_id, n.reason, n.act, n.bundle, n.not_before, n.state,
           e.payload->'post'->>'title' AS title
    FROM cocoom_slack_notice n JOIN cocoom_slack_event e ON e.id = n.event_pk
    LEFT JOIN cocoom_slack_lane l ON l.id = n.lane_id ORDER BY n.id
""")


def _decide(host: Host, patience: float = 0.0) -> list[Any]:
    with host.session() as dbsession:
        decide_batch(dbsession, patience=patience)
        dbsession.commit()
    with host.engine.connect() as open_:
        return list(open_.execute(_NOTICES))


def _numbers(host: Host) -> dict[str, int]:
    """The numbers of Acme's routes, by channel."""
    with host.session() as dbsession:
        return {str(each.channel): each.number or 0 for each in routes.everything(dbsession, ACME.id)}


def test_many_to_many(host: Host) -> None:
    host.route(ACME, "C0NEWS", "general")
    host.route(ACME, "C0SALES", threads={"general", "sales"})
    host.route(ACME, "C0BOARD", "sales")
    host.route(ACME, "C0REST")
    numbers = _numbers(host)
    for thread in ("general", "sales", "other"):
        host.share(thread, thread=thread)
    told = [(row.title, row.conversation, row.route_id) for row in _decide(host)]
    assert sorted(told) == sorted(
        (thread, channel, numbers[channel])
        for thread, channels in {
            "general": ("C0NEWS", "C0SALES"),
            "sales": ("C0SALES", "C0BOARD"),
            "other": ("C0REST",),
        }.items()
        for channel in channels
    )


def test_tags_and_authors_choose_and_exclude(host: Host) -> None:
    host.route(ACME, "C0SALES", tags={"sales"}, not_tags={"draft"})
    host.route(ACME, "C0BOB", authors={"bob"}, not_threads={"general"})
    host.route(ACME, "C0OTHERS", not_authors={"bob"}, kinds={"shares"})
    numbers = _numbers(host)
    host.share("a", tags=("Sales",))
    host.share("b", tags=("sales", "DRAFT"))
    host.share("c", thread="other")
    told = [(row.title, row.conversation, row.route_id, row.reason) for row in _decide(host)]
    assert told == [
        ("a", "C0SALES", numbers["C0SALES"], None),
        ("b", None, None, "no_route"),
        ("c", "C0BOB", numbers["C0BOB"], None),
    ]


def test_a_mute_leaves_its_number_in_the_record(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.route(ACME, None, effect=Effect.MUTE, tags={"secret"})
    numbers = _numbers(host)
    host.share("a", tags=("secret",))
    host.share("b")
    told = [(row.conversation, row.reason, row.route_id) for row in _decide(host)]
    assert told == [(None, "muted", numbers["None"]), ("C0NEWS", None, numbers["C0NEWS"])]


def test_each_tenant_has_rules_of_its_own(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, None, effect=Effect.MUTE, kinds={"shares"})
    host.route(GLOBEX, "C1NEWS")
    host.share("a")
    host.share("g", GLOBEX)
    assert [(row.conversation, row.reason) for row in _decide(host)] == [("C0NEWS", None), (None, "muted")]


def test_newcomers_comments_and_edits_go_where_their_routes_say(host: Host) -> None:
    host.route(ACME, "C0WELCOME", kinds={"newcomers"})
    host.route(ACME, "C0TALK", kinds={"comments", "edits"})
    numbers = _numbers(host)
    host.tell("collaborator_joined", CollaboratorEvent(**envelope(ACME), collaborator=CHLOE))
    host.comment(BOB)
    post = shared("News").post
    host.tell("publication_edited", PostEdited(**envelope(ACME, BOB), post=post))
    told = [(row.conversation, row.reason, row.route_id) for row in _decide(host)]
    assert told == [
        ("C0WELCOME", None, numbers["C0WELCOME"]),
        ("C0TALK", None, numbers["C0TALK"]),
        ("@bob", None, None),
        ("C0TALK", None, numbers["C0TALK"]),
        (None, "not_by_an_administrator", None),
    ]


def test_what_is_gone_follows_in_every_channel_that_was_told(host: Host) -> None:
    for channel in ("C0NEWS", "C0SALES"):
        host.route(ACME, channel)
    event = shared("News")
    host.tell("share_published", event)
    _decide(host)
    host.route(ACME, "C0LATER")
    gone = PostEvent(**envelope(ACME, ALICE), post=event.post)
    with host.session() as dbsession:
        dbsession.execute(
            text(
                "INSERT INTO cocoom_slack_event (tenant_id, event_id, kind, payload) "
                "SELECT tenant_id, :gone, 'share_deleted', payload FROM cocoom_slack_event"
            ),
            {"gone": gone.event_id},
        )
        dbsession.commit()
    amends = [row.conversation for row in _decide(host) if row.act == "amend"]
    assert sorted(amends) == ["C0NEWS", "C0SALES"]


def test_what_is_told_and_edited_in_one_batch_follows_too(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    event = shared("News")
    host.tell("publication_published", event)
    host.tell("publication_edited", PostEdited(**envelope(ACME, BOB), post=event.post))
    host.comment(BOB)
    rows = _decide(host, patience=30)
    assert [(row.conversation, row.act) for row in rows if row.conversation] == [
        ("C0NEWS", "tell"),
        ("C0NEWS", "amend"),
        ("@bob", "tell"),
    ]


def test_an_hourly_digest_does_not_wait_for_a_weekly_one_in_the_same_channel(host: Host) -> None:
    host.route(ACME, "C0NEWS", "weekly", digest=Schedule(Every.WEEKLY))
    host.route(ACME, "C0NEWS", "hourly", digest=Schedule(Every.HOURLY))
    host.share("a", thread="weekly")
    late = _decide(host)[0].not_before
    host.share("b", thread="hourly")
    host.share("c", thread="hourly")
    rows = _decide(host)
    assert [row.bundle == rows[0].bundle for row in rows] == [True, False, False]
    assert rows[1].not_before == rows[2].not_before
    assert rows[1].not_before <= late
    assert rows[0].not_before == late


def test_a_route_that_is_removed_leaves_its_notices(host: Host) -> None:
    host.route(ACME, "C0NEWS")
    host.share("a")
    _decide(host)
    with host.session() as dbsession:
        assert routes.remove(dbsession, ACME.id, _numbers(host)["C0NEWS"])
        dbsession.commit()
    (row,) = _decide(host)
    assert (row.conversation, row.route_id, row.state) == ("C0NEWS", None, "waiting")


class TestKeepingRoutes:
    def test_everything_that_a_route_says_is_kept(self, host: Host) -> None:
        full = Route(
            channel="C0NEWS",
            kinds=frozenset({"shares", "comments"}),
            threads=frozenset({"a", "b"}),
            not_threads=frozenset({"c"}),
            tags=frozenset({"d"}),
            not_tags=frozenset({"e"}),
            authors=frozenset({"f"}),
            not_authors=frozenset({"g"}),
            locale="fr",
            on_doubt="give_up",
            replies=False,
            digest=Schedule(Every.WEEKLY, 7, 3),
            timezone="Europe/Paris",
        )
        windowed = Route(channel="C0NEWS", effect=Effect.DEFAULT, window=90)
        mute = Route(channel=None, effect=Effect.MUTE)
        with host.session() as dbsession:
            added = routes.add(dbsession, ACME.id, full, windowed, mute)
            assert routes.everything(dbsession, ACME.id) == [full, windowed, mute]
            assert [each.number for each in routes.everything(dbsession, ACME.id)] == [
                each.number for each in added
            ]

    def test_one_of_the_same_meaning_takes_its_place_whole(self, host: Host) -> None:
        with host.session() as dbsession:
            (old,) = routes.add(dbsession, ACME.id, Route(channel="C0A", digest=Schedule(Every.WEEKLY, 7, 3)))
            routes.add(dbsession, ACME.id, Route(channel="C0A", locale="fr"))
            (new,) = routes.everything(dbsession, ACME.id)
        assert new == Route(channel="C0A", locale="fr")
        assert new.number == old.number

    def test_a_thread_that_is_gone_is_forgotten(self, host: Host) -> None:
        one, two = frozenset({"gone"}), frozenset({"gone", "stays"})
        kept = [
            Route(channel="C0B", threads=two),
            Route(channel="C0C", not_threads=two),
            Route(channel="C0D"),
        ]
        with host.session() as dbsession:
            routes.add(dbsession, ACME.id, Route(channel="C0A", threads=one), *kept)
            (other,) = routes.add(dbsession, GLOBEX.id, Route(channel="C1A", threads=one))
            routes.forget_thread(dbsession, ACME.id, "gone")
            assert routes.everything(dbsession, ACME.id) == [
                Route(channel="C0B", threads=frozenset({"stays"})),
                Route(channel="C0C", not_threads=frozenset({"stays"})),
                Route(channel="C0D"),
            ]
            assert routes.everything(dbsession, GLOBEX.id) == [other]


def test_what_was_recorded_of_a_comment_goes_to_its_route(host: Host) -> None:
    """Through the worker's own job, to the end."""
    host.route(ACME, "C0NEWS", kinds={"comments"})
    host.tell("comment_added", commented(CHLOE))
    host.drain()
    assert [(row.conversation, row.state) for row in _decide(host)] == [("C0NEWS", "sent"), (None, "dropped")]
