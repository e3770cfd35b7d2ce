"""`cocoom-slack routes`: adding, showing and removing rules, keeping them in files, and trying them."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cocoom_slack_plugin.audit import audit
from cocoom_slack_plugin.notifications.tables import route

from .conftest import Deployment
from .past import comment, decide, post, record


def _says(deployment: Deployment, tenant: str = "acme") -> list[str]:
    """The routes in words."""
    return [line.split(maxsplit=1)[1] for line in deployment.good("routes", "list", tenant).splitlines()]


def _audited(deployment: Deployment) -> list[Any]:
    return [row for row in deployment.rows(audit) if row.action.startswith("route.")]


class TestKeeping:
    def test_they_are_added_shown_and_removed(self, deployment: Deployment) -> None:
        assert "no routes" in deployment.good("routes", "list", "acme")
        deployment.good("routes", "add", "acme", "C0NEWS", "--thread", "acme-general", "--locale", "fr")
        deployment.good("routes", "add", "acme", "https://acme.slack.com/archives/C0GENERAL", "--default")
        said = deployment.good("routes", "add", "acme", "C0WELCOME", "--kind", "newcomers")
        assert "newcomers go to C0WELCOME" in said
        deployment.good("routes", "mute", "acme", "--tag", "Draft")
        assert _says(deployment) == [
            "posts of the thread acme-general go to C0NEWS in fr",
            "posts that no other route tells go to C0GENERAL",
            "newcomers go to C0WELCOME",
            "posts tagged draft are told nowhere",
        ]
        number = deployment.good("routes", "list", "acme").splitlines()[1].split()[0]
        said = deployment.good("routes", "remove", "acme", number)
        assert f"acme: removed {number}  posts that no other route tells go to C0GENERAL" in said
        assert len(deployment.rows(route)) == 3

    def test_every_condition_and_mode_can_be_said(self, deployment: Deployment) -> None:
        deployment.good(
            *("routes", "add", "acme", "C0NEWS", "--kind", "comments", "--kind", "shares"),
            *("--thread", "a", "--not-thread", "b", "--tag", "C", "--not-tag", "d", "--tag", "e"),
            *("--author", "acme-bob", "--not-author", "chloe@acme.example"),
            *(
                "--broadcast",
                "--digest",
                "weekly",
                "--at",
                "7",
                "--on",
                "friday",
                "--timezone",
                "Europe/Paris",
            ),
        )
        assert _says(deployment) == [
            "shares and comments of the thread a not of the thread b tagged c or e not tagged d by acme-bob "
            "not by acme-chloe go to C0NEWS, under the post's message, and in the channel, "
            "in a weekly digest on Friday at 07:00 (Europe/Paris)"
        ]

    def test_as_json_they_are_complete(self, deployment: Deployment) -> None:
        deployment.good("routes", "add", "acme", "C0NEWS", "--window", "60")
        (listed,) = json.loads(deployment.good("routes", "list", "acme", "--json"))["routes"]
        (row,) = deployment.rows(route)
        assert (listed["number"], listed["window"], listed["kinds"]) == (
            row.id,
            60,
            ["publications", "shares"],
        )
        assert listed["says"] == "posts go to C0NEWS, together within 60 s"
        assert json.loads(deployment.good("routes", "list", "globex", "--json")) == {"routes": []}

    def test_the_same_route_again_takes_its_place(self, deployment: Deployment) -> None:
        deployment.good("routes", "add", "acme", "C0NEWS")
        deployment.good("routes", "add", "acme", "C0NEWS", "--locale", "fr")
        (row,) = deployment.rows(route)
        assert row.locale == "fr"

    def test_another_tenants_route_is_out_of_reach(self, deployment: Deployment) -> None:
        deployment.good("routes", "add", "globex", "C1NEWS")
        (row,) = deployment.rows(route)
        for command in ("remove", "preview"):
            assert f"acme has no route {row.id}" in deployment.bad("routes", command, "acme", str(row.id))
        assert "no routes" in deployment.good("routes", "list", "acme")
        assert len(deployment.rows(route)) == 1

    def test_what_no_recorded_post_had_is_said(self, deployment: Deployment, engine: Engine) -> None:
        deployment.connect()
        record(engine, "publication_published", post("a", "acme-general", tags=("Sales",)))
        said = deployment.good(
            "routes", "add", "acme", "C0NEWS", "--thread", "acme-general", "--tag", "SALES"
        )
        assert "note:" not in said
        said = deployment.good("routes", "add", "acme", "C0NEWS", "--thread", "genral", "--not-tag", "hr")
        assert "note: no post of the thread genral was seen in 14 days" in said
        assert "note: no post tagged hr was seen in 14 days" in said
        assert "in 14 days" in deployment.good(
            "routes", "add", "globex", "C1NEWS", "--thread", "acme-general"
        )

    def test_every_change_is_audited_with_before_and_after(self, deployment: Deployment) -> None:
        deployment.good("routes", "add", "acme", "C0NEWS")
        deployment.good("routes", "add", "acme", "C0NEWS")
        deployment.good("routes", "add", "acme", "C0NEWS", "--locale", "fr")
        number = deployment.rows(route)[0].id
        deployment.good("routes", "remove", "acme", str(number))
        deployment.good("routes", "mute", "acme")
        rows = _audited(deployment)
        assert [row.action for row in rows] == ["route.add", "route.change", "route.remove", "route.add"]
        assert {(row.tenant_id, row.actor) for row in rows} == {("t-acme", f"cli:{getpass.getuser()}")}
        added, changed, removed = (row.detail for row in rows[:3])
        assert changed == {"number": number, "changes": {"locale": {"before": None, "after": "fr"}}}
        assert added["changes"]["channel"] == {"before": None, "after": "C0NEWS"}
        assert removed["changes"]["channel"] == {"before": "C0NEWS", "after": None}

    @pytest.mark.parametrize("channel", ["#news", "news", "U0ALICE", "C", "https://acme.slack.com/archives/"])
    def test_what_is_no_channel_is_told_what_to_paste(self, deployment: Deployment, channel: str) -> None:
        """B23"""
        for command in (("add", "acme", channel), ("mute", "acme", "--channel", channel)):
            assert "channel: paste the channel's id" in deployment.bad("routes", *command)

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            (("add", "acme", "C0A", "--kind", "newcomers", "--thread", "x"), "newcomers have no thread"),
            (("add", "acme", "C0A", "--kind", "polls"), "'polls' is not one of 'publications', 'shares'"),
            (("add", "acme", "C0A", "--locale", "de"), "'de' is not one of 'en', 'fr'"),
            (("add", "acme", "C0A", "--author", "nobody"), "acme: nobody has the id or e-mail nobody"),
            (
                ("add", "acme", "C0A", "--tag", "x", "--not-tag", "X"),
                "both wanted and excluded is never told: x",
            ),
            (("add", "acme", "C0A", "--thread", ""), "are not empty"),
            (("add", "acme", "C0A", "--window", "3601"), "3601 is not in the range 0<=x<=3600"),
            (
                ("add", "acme", "C0A", "--window", "5", "--digest", "daily"),
                "leave out the window or the digest",
            ),
            (("add", "acme", "C0A", "--at", "7"), "--at, --on and --timezone are a digest's"),
            (("add", "acme", "C0A", "--digest", "daily", "--on", "friday"), "--on is a weekly digest's"),
            (
                ("add", "acme", "C0A", "--digest", "daily", "--timezone", "Paris"),
                "there is no time zone Paris",
            ),
            (("add", "acme", "C0A", "--digest", "daily", "--at", "24"), "24 is not in the range"),
            (("add", "acme", "C0A", "--broadcast"), "only comments and edits are told as replies"),
            (("add", "acme", "C0A", "--json"), "--json is for --dry-run"),
            (("add", "acme", "C0A", "--dry-run", "--days", "31"), "records are kept for 30 days"),
            (("add", "acme", "C0A", "--dry-run", "--days", "0"), "0 is not in the range"),
            (("mute", "acme", "--locale", "fr"), "No such option"),
            (("add", "acme"), "Missing argument"),
            (("add", "nobody", "C0NEWS"), "no tenant has the id or subdomain 'nobody'"),
            (("remove", "acme", "first"), "'first' is not a valid integer"),
            (("remove", "acme", "4711"), "acme has no route 4711; `routes list` shows them"),
            (("remove", "acme", "99999999999999999999"), "is not in the range"),
            (("preview", "acme", "4711"), "acme has no route 4711"),
            (("list", "nobody"), "no tenant"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_wrong_ways_to_ask(self, deployment: Deployment, arguments: tuple[str, ...], what: str) -> None:
        assert what in deployment.bad("routes", *arguments)
        assert deployment.rows(route) == []
        assert _audited(deployment) == []


@pytest.fixture
def some(deployment: Deployment) -> Deployment:
    """Three routes of Acme."""
    deployment.good(
        "routes", "add", "acme", "C0NEWS", "--thread", "général", "--digest", "daily", "--at", "8"
    )
    deployment.good("routes", "add", "acme", "C0REST", "--default", "--author", "acme-bob")
    deployment.good("routes", "mute", "acme", "--tag", "draft")
    return deployment


class TestFiles:
    def test_a_file_says_everything_and_can_be_taken_by_another_tenant(
        self, some: Deployment, tmp_path: Path
    ) -> None:
        file = tmp_path / "routes.json"
        assert f"acme: 3 routes written to {file}" in some.good("routes", "export", "acme", str(file))
        written = file.read_text("utf-8")
        assert written == some.good("routes", "export", "acme")
        whole = json.loads(written)
        assert whole["version"] == 1
        assert whole["routes"][0]["threads"] == ["général"]
        assert whole["routes"][0]["digest"] == {"every": "daily", "hour": 8, "weekday": 0}
        assert "number" not in whole["routes"][0]
        file.write_text(written.replace("acme-bob", "globex-hugo"), "utf-8")
        said = some.good("routes", "import", "globex", str(file))
        assert "globex: 3 added, 0 changed, 0 removed, 0 left as they are" in said
        assert "note: no post of the thread général was seen in 14 days" in said
        assert _says(some, "globex") == [each.replace("acme-bob", "globex-hugo") for each in _says(some)]

    def test_importing_what_is_there_changes_nothing(self, some: Deployment) -> None:
        before, audited = deployment_state(some), len(_audited(some))
        for arguments in ((), ("--replace",)):
            written = some.good("routes", "export", "acme")
            said = some.good("routes", "import", "acme", "-", *arguments, given=written)
            assert "acme: 0 added, 0 changed, 0 removed, 3 left as they are" in said
        assert deployment_state(some) == before
        assert len(_audited(some)) == audited

    def test_changes_are_shown_and_audited_as_one(self, some: Deployment) -> None:
        whole = json.loads(some.good("routes", "export", "acme"))
        whole["routes"][0]["locale"] = "fr"
        del whole["routes"][1]
        whole["routes"].append({"channel": "C0NEW"})
        given = json.dumps(whole)
        numbers = [row.id for row in some.rows(route)]
        before = deployment_state(some)
        dry = some.good("routes", "import", "acme", "-", "--replace", "--dry-run", given=given)
        assert deployment_state(some) == before
        assert "1 added, 1 changed, 1 removed, 1 left as they are (dry run: nothing was stored)" in dry
        audited = len(_audited(some))
        said = some.good("routes", "import", "acme", "-", "--replace", given=given)
        lines = said.splitlines()
        assert [line[0] for line in lines[:4]] == ["-", "+", "+", "-"]
        words = (
            "go to C0NEWS, in a daily digest",
            "go to C0NEWS in fr, in a",
            "posts go to C0NEW",
            "go to C0REST",
        )
        assert all(each in line for each, line in zip(words, lines, strict=False))
        assert "acme: 1 added, 1 changed, 1 removed, 1 left as they are\n" in said
        rows = _audited(some)[audited:]
        assert [row.action for row in rows] == ["route.change", "route.add", "route.remove"]
        assert len({row.correlation_id for row in rows}) == 1
        assert [row.id for row in some.rows(route)][:2] == [numbers[0], numbers[2]]

    def test_without_replace_what_the_file_lacks_stays(self, some: Deployment) -> None:
        given = json.dumps({"version": 1, "routes": [{"channel": "C0NEW"}]})
        said = some.good("routes", "import", "acme", "-", given=given)
        assert "acme: 1 added, 0 changed, 0 removed, 3 left as they are" in said
        assert len(some.rows(route)) == 4

    def test_an_empty_file_with_replace_removes_everything(self, some: Deployment) -> None:
        given = '\ufeff{"version": 1, "routes": []}'
        assert "3 removed" in some.good("routes", "import", "acme", "-", "--replace", given=given)
        assert some.rows(route) == []

    def test_people_may_be_named_by_their_e_mail(self, deployment: Deployment) -> None:
        given = json.dumps({"version": 1, "routes": [{"channel": "C0A", "authors": ["bob@acme.example"]}]})
        deployment.good("routes", "import", "acme", "-", given=given)
        assert _says(deployment) == ["posts by acme-bob go to C0A"]

    @pytest.mark.parametrize(
        ("entry", "what"),
        [
            ({"channel": "#news"}, "route 2: channel: paste the channel's id"),
            ({}, "route 2: only a mute can do without a channel"),
            ({"channel": "C0A", "kinds": ["polls"]}, "route 2: there is no kind polls"),
            ({"channel": "C0A", "kinds": []}, "route 2: at least one kind is needed"),
            ({"channel": "C0A", "kinds": "shares"}, "route 2: kinds: Input should be a valid array"),
            ({"channel": "C0A", "threads": [1]}, "route 2: threads.0: Input should be a valid string"),
            ({"channel": "C0A", "threads": ["a\0"]}, "route 2: the names of threads, tags and people"),
            ({"channel": "C0A", "thread": ["x"]}, "route 2: thread: Extra inputs are not permitted"),
            (
                {"channel": "C0A", "effect": "shout"},
                "route 2: effect: Input should be 'tell', 'default' or 'mute'",
            ),
            ({"channel": "C0A", "window": "60"}, "route 2: window: Input should be a valid integer"),
            ({"channel": "C0A", "window": 99999}, "route 2: the window is 0 to 3600 seconds"),
            ({"channel": "C0A", "replies": 1}, "route 2: replies: Input should be a valid boolean"),
            ({"channel": "C0A", "authors": ["eve"]}, "route 2: authors: nobody has the id or e-mail eve"),
            (
                {"channel": "C0A", "digest": {"every": "yearly"}},
                "route 2: digest.every: Input should be 'hourly'",
            ),
            (
                {"channel": "C0A", "digest": {"every": "daily", "hour": 24}},
                "route 2: the digest's hour is 0 to 23",
            ),
            ({"channel": "C0A", "timezone": "Mars"}, "route 2: there is no time zone Mars"),
            ({"channel": "C0A", "locale": "de"}, "route 2: there are texts in en, fr only"),
            ({"channel": "C0FIRST"}, "route 2: means the same as route 1: leave one out"),
            (
                {"channel": "C0A", "on_doubt": "ask"},
                "route 2: on_doubt: Input should be 'resend' or 'give_up'",
            ),
            ("C0A", "route 2: Input should be an object"),
        ],
        ids=str,
    )
    def test_one_wrong_route_and_nothing_is_changed(self, some: Deployment, entry: Any, what: str) -> None:
        before = deployment_state(some)
        given = json.dumps({"version": 1, "routes": [{"channel": "C0FIRST"}, entry]})
        said = some.bad("routes", "import", "acme", "-", "--replace", given=given)
        assert what in said
        assert "nothing was changed" in said
        assert deployment_state(some) == before

    def test_all_that_is_wrong_is_said_at_once(self, deployment: Deployment) -> None:
        given = json.dumps({"version": 1, "routes": [{"channel": f"#{number}"} for number in range(30)]})
        said = deployment.bad("routes", "import", "acme", "-", given=given)
        assert "route 1: channel" in said
        assert "route 20: channel" in said
        assert "and 10 more" in said

    @pytest.mark.parametrize(
        ("given", "what"),
        [
            ("", "Invalid JSON"),
            ("routes", "Invalid JSON"),
            ('{"version": 1, "routes": [', "Invalid JSON"),
            ("[" * 100_000, "Invalid JSON"),
            ("[]", "Input should be an object"),
            ('{"routes": []}', "version: Field required"),
            ('{"version": 2, "routes": []}', "version: Input should be 1"),
            ('{"version": 1}', "routes: Field required"),
            ('{"version": 1, "routes": null}', "routes: Input should be a valid array"),
            ('{"version": 1, "routes": [{"channel": "\\ud800"}]}', "Invalid JSON"),
        ],
        ids=[
            "empty",
            "word",
            "cut",
            "deep",
            "list",
            "no version",
            "newer",
            "none",
            "null",
            "surrogate",
        ],
    )
    def test_what_is_no_such_file_is_said(self, deployment: Deployment, given: str, what: str) -> None:
        assert what in deployment.bad("routes", "import", "acme", "-", given=given)

    def test_files_that_cannot_be_used_are_named(self, deployment: Deployment, tmp_path: Path) -> None:
        nowhere, picture = tmp_path / "no" / "where.json", tmp_path / "picture"
        said = deployment.bad("routes", "import", "acme", str(nowhere))
        assert f"{nowhere} cannot be read: No such file or directory" in said
        assert f"{tmp_path} cannot be read" in deployment.bad("routes", "import", "acme", str(tmp_path))
        assert f"{nowhere} cannot be written" in deployment.bad("routes", "export", "acme", str(nowhere))
        picture.write_bytes(b"\x89PNG\xff")
        assert "Invalid JSON" in deployment.bad("routes", "import", "acme", str(picture))
        with picture.open("wb") as file:
            file.truncate(11 * 1024 * 1024)
        assert "is larger than 10 MB" in deployment.bad("routes", "import", "acme", str(picture))


def deployment_state(deployment: Deployment) -> list[Any]:
    return [tuple(row) for row in deployment.rows(route)]


NOW = datetime.now(UTC)
MORNING = (NOW - timedelta(days=3)).replace(hour=8, minute=10)


@pytest.fixture
def history(deployment: Deployment, engine: Engine) -> Deployment:
    """Acme: four posts of one morning in two threads, a comment later, one post long ago; Globex is not connected."""
    deployment.connect()
    for number in range(3):
        at = MORNING + timedelta(minutes=number)
        record(engine, "publication_published", post(f"a{number}", "general", tags=("news",)), at)
    record(engine, "share_published", post("s", "sales"), MORNING + timedelta(hours=2))
    record(engine, "comment_added", comment(), MORNING + timedelta(hours=3))
    record(engine, "publication_published", post("old", "general"), NOW - timedelta(days=20))
    return deployment


def _dry(deployment: Deployment, *arguments: str) -> Any:
    return json.loads(deployment.good("routes", *arguments, "--json"))


class TestDryRun:
    def test_it_counts_what_would_have_been_told_and_stores_nothing(self, history: Deployment) -> None:
        said = history.good("routes", "add", "acme", "C0NEWS", "--dry-run", "--locale", "fr")
        for line in (
            "dry run, nothing is stored: posts go to C0NEWS in fr",
            "4 events meant: 4 notices in C0NEWS\n",
            "in 4 messages, as far as the channel's pace allows",
            "per day (",
            "busiest hour: ",
            "the newest of them:\n  Acme-Bob ",
        ):
            assert line in said
        assert history.rows(route) == []
        assert _audited(history) == []

    def test_days_and_hours_are_those_of_the_tenant(self, history: Deployment, engine: Engine) -> None:
        late = MORNING.replace(hour=23, minute=30)  # the next day in Paris
        record(engine, "share_published", post("late"), late)
        found = _dry(history, "add", "acme", "C0NEWS", "--dry-run")
        assert sum(found["per_day"].values()) == found["notices"] == 5
        assert found["busiest_hour"]["notices"] == 3
        busiest = datetime.fromisoformat(found["busiest_hour"]["from"])
        assert busiest.astimezone(UTC) == MORNING.replace(minute=0, second=0, microsecond=0)

    def test_the_span_is_as_far_as_it_was_recorded(self, history: Deployment) -> None:
        assert "since " in history.good("routes", "add", "acme", "C0NEWS", "--dry-run")
        whole = history.good("routes", "add", "acme", "C0NEWS", "--dry-run", "--days", "30")
        assert f"recorded since {NOW - timedelta(days=20):%Y-%m-%d}" in whole
        assert "5 events meant" in whole
        nothing = history.good("routes", "add", "globex", "C1NEWS", "--dry-run")
        assert "no event is recorded yet: nothing can be said" in nothing
        assert _dry(history, "add", "globex", "C1NEWS", "--dry-run")["recorded_since"] is None

    def test_what_others_tell_there_already_is_said(self, history: Deployment) -> None:
        history.good("routes", "add", "acme", "C0NEWS", "--thread", "general")
        found = _dry(history, "add", "acme", "C0NEWS", "--dry-run")
        assert (found["notices"], found["told_by_others_already"]) == (4, 3)
        said = history.good("routes", "add", "acme", "C0NEWS", "--dry-run")
        assert "4 notices in C0NEWS; 3 of these are told there by other routes anyway" in said

    def test_what_mutes_silence_and_others_leave_is_said(self, history: Deployment) -> None:
        history.good("routes", "mute", "acme", "--thread", "sales")
        found = _dry(history, "add", "acme", "C0NEWS", "--dry-run")
        assert (found["notices"], found["muted"], found["left_to_others"]) == (3, 1, 0)
        history.good("routes", "add", "acme", "C0OTHER", "--thread", "general")
        found = _dry(history, "add", "acme", "C0NEWS", "--default", "--dry-run")
        assert (found["events"], found["notices"], found["muted"], found["left_to_others"]) == (4, 0, 1, 3)

    @pytest.mark.parametrize(
        ("mode", "messages"),
        [
            ((), 4),
            (("--window", "3600"), 2),
            (("--window", "60"), 4),
            (("--digest", "daily", "--at", "12", "--timezone", "UTC"), 1),
        ],
        ids=["at once", "an hour", "a minute", "digest"],
    )
    def test_notices_that_are_told_together_are_one_message(
        self, history: Deployment, mode: tuple[str, ...], messages: int
    ) -> None:
        found = _dry(history, "add", "acme", "C0NEWS", *mode, "--dry-run")
        assert (found["notices"], found["messages"]) == (4, messages)

    def test_five_examples_the_newest_first_as_they_would_be_read(
        self, history: Deployment, engine: Engine
    ) -> None:
        for number in range(6):
            record(engine, "share_published", post(f"x{number}\x1b[31m"))
        found = _dry(history, "add", "acme", "C0NEWS", "--dry-run")["examples"]
        assert [f"x{number}" in each for number, each in zip((5, 4, 3, 2, 1), found, strict=True)] == [
            True
        ] * 5
        assert not any("\x1b" in each for each in found)
        assert all("Acme-Bob" in each for each in found)

    def test_a_mute_says_what_it_would_have_silenced(self, history: Deployment) -> None:
        history.good("routes", "add", "acme", "C0NEWS")
        history.good("routes", "add", "acme", "C0GENERAL", "--thread", "general", "--kind", "publications")
        arguments = ("mute", "acme", "--thread", "general", "--kind", "publications", "--kind", "comments")
        found = _dry(history, *arguments, "--dry-run")
        assert found["silenced"] == {"C0GENERAL": 3, "C0NEWS": 3, "direct messages": 1}
        said = history.good("routes", *arguments, "--dry-run")
        assert "7 notices would have been silenced (C0GENERAL: 3, C0NEWS: 3, direct messages: 1)" in said
        only = _dry(history, *arguments, "--channel", "C0NEWS", "--dry-run")
        assert only["silenced"] == {"C0NEWS": 3}
        assert len(history.rows(route)) == 2

    def test_a_stored_route_is_previewed_and_a_better_one_says_whose_place_it_takes(
        self, history: Deployment
    ) -> None:
        history.good("routes", "add", "acme", "C0NEWS")
        number = str(history.rows(route)[0].id)
        found = _dry(history, "preview", "acme", number)
        assert (found["notices"], found["told_by_others_already"]) == (4, 0)
        assert (found["route"]["number"], found["takes_the_place_of"]) == (int(number), None)
        said = history.good("routes", "add", "acme", "C0NEWS", "--locale", "fr", "--dry-run")
        assert f"it would take the place of route {number}" in said

    def test_what_this_version_cannot_read_is_left_out(self, history: Deployment, engine: Engine) -> None:
        with engine.begin() as open_:
            open_.exec_driver_sql(
                "UPDATE cocoom_slack_event SET payload = '{}' WHERE kind = 'share_published'"
            )
        assert _dry(history, "add", "acme", "C0NEWS", "--dry-run")["events"] == 3

    def test_another_tenants_events_are_none_of_ours(self, history: Deployment) -> None:
        history.connect("globex")
        assert _dry(history, "add", "globex", "C1NEWS", "--dry-run")["events"] == 0

    def test_many_events_are_read_page_by_page(self, history: Deployment, engine: Engine) -> None:
        with engine.begin() as open_:
            open_.exec_driver_sql(
                "INSERT INTO cocoom_slack_event (tenant_id, event_id, kind, payload) "
                "SELECT tenant_id, event_id || n, kind, payload FROM cocoom_slack_event, generate_series(1, 1200) n "
                "WHERE payload #>> '{post,title}' = 's'"
            )
        assert _dry(history, "add", "acme", "C0NEWS", "--dry-run")["notices"] == 1204


class TestUnrouted:
    def test_they_are_counted_for_operators_and_monitoring(self, history: Deployment, engine: Engine) -> None:
        decide(engine)
        said = history.good("backlog", "acme")
        assert "5 posts and newcomers of the last day were told nowhere: no route means them" in said
        assert 'cocoom_slack_events_unrouted_last_day{tenant="acme"} 5.0' in history.good("metrics")
        with engine.begin() as open_:
            open_.exec_driver_sql("UPDATE cocoom_slack_notice SET finished_at = now() - interval '25 hours'")
        assert "told nowhere" not in history.good("backlog", "acme")

    def test_alone_they_are_no_backlog(self, history: Deployment, engine: Engine) -> None:
        with engine.begin() as open_:
            open_.exec_driver_sql("DELETE FROM cocoom_slack_event WHERE payload #>> '{post,title}' <> 's'")
        decide(engine)
        said = history.good("backlog", "acme")
        assert said == (
            "1 post or newcomer of the last day was told nowhere: no route means it\n"
            "nothing waits and nothing is wrong\n"
        )
        assert "nothing waits" in history.good("backlog")
