"""Who gets a direct message: found by login, by hand or by e-mail; looked for seldom, missed and counted otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from cocoom_hooks.payloads import CollaboratorEvent, User
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.notifications import lanes, trial
from cocoom_slack_plugin.notifications.targets import look_up
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.tables import person, stranger
from cocoom_slack_plugin.testing import envelope, make_user
from demo.slack.control import Control

from .host import ACME, ALICE, BOB, BOT_SCOPES, GLOBEX, VAULT, Host, Statements

POST, LOOK_UP = "chat.postMessage", "users.lookupByEmail"
ZOE = make_user("zoe")
UNKNOWN, SENT, WAITING = ("dropped", "person_unknown"), ("sent", None), ("waiting", None)


def _match(host: Host, found: Person, tenant: Any = ACME) -> Person | None:
    with host.session() as dbsession:
        known = people.match(dbsession, tenant.id, found)
        dbsession.commit()
    return known


def _told(host: Host, *users: User, tenant: Any = ACME) -> None:
    """Each of them gets a comment, and a worker does its work."""
    for user in users:
        host.comment(user, tenant)
    host.drain()


def _age(host: Host, hours: float) -> None:
    changes = ", ".join(
        f"{each} = {each} - make_interval(hours => {hours})" for each in ("looked_up_at", "last_missed_at")
    )
    host.execute(text(f"UPDATE cocoom_slack_stranger SET {changes}"))


def _asked(slack: Control, team: str = "T0ACME") -> list[str]:
    return [each["arguments"]["email"] for each in slack.requests(LOOK_UP, team=team)]


def _strangers(host: Host) -> dict[tuple[str, str], tuple[str, int]]:
    return {(row.tenant_id, row.user_id): (row.reason, row.missed) for row in host.rows(stranger)}


def _wait(happened: Callable[[], Any], what: str) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until, what
        time.sleep(0.02)


# --- found ---


def test_of_many_notices_the_first_alone_looks(host: Host, slack: Control) -> None:
    _told(host, *[BOB] * 3)
    _told(host, *[BOB] * 2)
    assert _asked(slack) == ["bob@acme.example"]
    assert host.states == [SENT] * 5
    assert _strangers(host) == {}


def test_a_verified_login_beats_the_email(host: Host, slack: Control) -> None:
    _told(host, BOB)
    _match(host, Person("bob", "T0ACME", "U0CHLOE", Source.LOGIN))
    _told(host, BOB)
    assert len(slack.messages("T0ACME", "U0BOB")) == len(slack.messages("T0ACME", "U0CHLOE")) == 1


def test_who_signs_in_while_they_are_looked_for_is_who_they_signed_in_as(host: Host, slack: Control) -> None:
    patient = host.but(slack_timeout=30)
    slack.settings(latency_ms=1500)
    patient.comment(BOB)
    worker = threading.Thread(target=patient.drain)
    worker.start()
    _wait(lambda: slack.requests(LOOK_UP), "nobody was looked for")
    _match(host, Person("bob", "T0ACME", "U0CHLOE", Source.LOGIN))
    slack.settings(latency_ms=0)
    worker.join(timeout=60)
    assert [len(slack.messages("T0ACME", each)) for each in ("U0BOB", "U0CHLOE")] == [0, 1]
    (row,) = host.rows(person)
    assert (row.slack_user_id, row.source) == ("U0CHLOE", "login")


def test_a_match_by_hand_beats_the_email(host: Host, slack: Control) -> None:
    _told(host, ZOE)
    _match(host, Person("zoe", "T0ACME", "U0GUEST", Source.HAND))
    assert _strangers(host) == {}, "somebody who is matched is no stranger"
    _told(host, ZOE)
    assert len(slack.messages("T0ACME", "U0GUEST")) == 1
    assert len(_asked(slack)) == 1


@pytest.mark.parametrize("source", [Source.LOGIN, Source.HAND], ids=["login", "hand"])
def test_what_is_for_one_never_goes_to_a_slack_user_who_is_surely_somebody_else(
    host: Host, slack: Control, source: Source
) -> None:
    """Alice is U0BOB, whatever the e-mail says; Slack is asked once."""
    _match(host, Person("alice", "T0ACME", "U0BOB", source))
    _told(host, BOB, BOB)
    _told(host, BOB)
    assert host.states == [UNKNOWN] * 3
    assert slack.requests(POST) == []
    assert _asked(slack) == ["bob@acme.example"]
    assert [row.user_id for row in host.rows(person)] == ["alice"]


def test_an_email_that_passed_to_somebody_else_takes_its_slack_user_along(host: Host, slack: Control) -> None:
    _match(host, Person("alice", "T0ACME", "U0BOB", Source.EMAIL))
    _told(host, BOB)
    assert host.states == [SENT]
    assert [(row.user_id, row.slack_user_id) for row in host.rows(person)] == [("bob", "U0BOB")]


def test_a_match_in_a_former_workspace_is_replaced_by_one_look(host: Host, slack: Control) -> None:
    _match(host, Person("bob", "T0FORMER", "U0OLD", Source.LOGIN))
    _told(host, BOB, BOB)
    _told(host, BOB)
    assert len(slack.messages("T0ACME", "U0BOB")) == 3
    assert _asked(slack) == ["bob@acme.example"]
    assert [(row.team_id, row.source) for row in host.rows(person)] == [("T0ACME", "email")]


def test_a_stranger_with_a_match_in_a_former_workspace_is_looked_for_once(host: Host, slack: Control) -> None:
    _match(host, Person("zoe", "T0FORMER", "U0OLD", Source.LOGIN))
    _told(host, ZOE)
    _told(host, ZOE)
    assert _asked(slack) == ["zoe@acme.example"]
    assert _strangers(host) == {(ACME.id, "zoe"): ("not_found", 2)}


SOURCES = [Source.LOGIN, Source.HAND, Source.EMAIL]
PAIRS = [pytest.param(standing, new, id=f"{new} after {standing}") for standing in SOURCES for new in SOURCES]


@pytest.mark.parametrize(("standing", "new"), PAIRS)
def test_of_two_words_about_one_user_the_surer_counts(host: Host, standing: Source, new: Source) -> None:
    """Of two by e-mail the first: an e-mail match leaves what is known of the user."""
    first = Person("bob", "T0ACME", "U0BOB", standing)
    second = Person("bob", "T0ACME", "U0CHLOE", new)
    _match(host, first)
    new_counts = new is not Source.EMAIL and SOURCES.index(new) <= SOURCES.index(standing)
    assert _match(host, second) == (second if new_counts else first)
    assert [row.slack_user_id for row in host.rows(person)] == ["U0CHLOE" if new_counts else "U0BOB"]


@pytest.mark.parametrize(("standing", "new"), PAIRS)
def test_of_two_words_about_one_slack_user_the_surer_counts_or_the_newer(
    host: Host, standing: Source, new: Source
) -> None:
    _match(host, Person("alice", "T0ACME", "U0BOB", standing))
    found = Person("bob", "T0ACME", "U0BOB", new)
    new_counts = SOURCES.index(new) <= SOURCES.index(standing)
    assert _match(host, found) == (found if new_counts else None)
    assert [row.user_id for row in host.rows(person)] == ["bob" if new_counts else "alice"]


# --- not found ---


def test_who_is_not_found_is_not_looked_for_again_before_the_time(host: Host, slack: Control) -> None:
    _told(host, ZOE, ZOE)
    _age(host, 23)
    _told(host, ZOE)
    assert _asked(slack) == ["zoe@acme.example"]
    assert host.states == [UNKNOWN] * 3
    assert _strangers(host) == {(ACME.id, "zoe"): ("not_found", 3)}
    _age(host, 2)
    _told(host, ZOE)
    _told(host, ZOE)
    assert len(_asked(slack)) == 2
    assert _strangers(host) == {(ACME.id, "zoe"): ("not_found", 5)}


def test_the_time_is_a_setting(host: Host, slack: Control) -> None:
    often = host.but(lookup_again_hours=1)
    _told(often, ZOE)
    _age(host, 2)
    _told(often, ZOE)
    assert len(_asked(slack)) == 2


def test_who_has_come_to_slack_since_is_told_and_is_no_stranger_any_more(host: Host, slack: Control) -> None:
    _told(host, ZOE)
    slack.add_user("T0ACME", "Zoe Petit", ZOE.email, id="U0ZOE")
    _age(host, 25)
    _told(host, ZOE)
    assert host.states == [UNKNOWN, SENT]
    assert _strangers(host) == {}
    assert len(slack.messages("T0ACME", "U0ZOE")) == 1


def test_under_another_email_they_are_looked_for_at_once(host: Host, slack: Control) -> None:
    _told(host, ZOE, ZOE)
    _told(host, make_user("zoe", email="zoe@married.example"))
    assert _asked(slack) == ["zoe@acme.example", "zoe@married.example"]
    (row,) = host.rows(stranger)
    assert (row.email, row.missed) == ("zoe@married.example", 1)
    _told(host, make_user("zoe", email="bob@acme.example"))
    assert host.states == [UNKNOWN] * 3 + [SENT]


def test_in_another_workspace_they_are_looked_for_at_once(host: Host, slack: Control) -> None:
    hugo = make_user("hugo", email="hugo@globex.example")
    _told(host, hugo)
    token = VAULT.seal(SecretStr("xoxb-demo-globex"), ACME.id, SecretKind.BOT_TOKEN)
    host.set_connection(ACME, team_id="T0GLOBEX", sealed_bot_token=token)
    _told(host, hugo)
    assert host.states == [UNKNOWN, SENT]
    assert len(slack.messages("T0GLOBEX", "U0HUGO")) == 1


def test_without_the_scope_slack_is_not_asked_and_with_it_at_once(host: Host, slack: Control) -> None:
    host.set_connection(ACME, scopes=["chat:write"])
    _told(host, BOB, BOB)
    _told(host, BOB)
    assert slack.requests() == []
    assert _strangers(host) == {(ACME.id, "bob"): ("no_scope", 3)}
    host.set_connection(ACME, scopes=BOT_SCOPES)
    _told(host, BOB)
    assert host.states == [UNKNOWN] * 3 + [SENT]
    assert _strangers(host) == {}


def test_when_the_scope_is_lost_the_reason_of_today_is_noted(host: Host, slack: Control) -> None:
    _told(host, ZOE)
    host.set_connection(ACME, scopes=["chat:write"])
    _told(host, ZOE)
    assert _strangers(host) == {(ACME.id, "zoe"): ("no_scope", 2)}
    host.set_connection(ACME, scopes=BOT_SCOPES)
    _told(host, ZOE)
    assert _strangers(host) == {(ACME.id, "zoe"): ("not_found", 3)}
    assert len(_asked(slack)) == 2


def test_a_channel_is_never_a_substitute(host: Host, slack: Control) -> None:
    slack.deactivate_user("T0ACME", "U0BOB")
    _told(host, ZOE, BOB)
    host.set_connection(ACME, scopes=["chat:write"])
    _told(host, ZOE, ALICE)
    assert host.states == [UNKNOWN] * 4
    assert slack.requests(POST) == []


def test_two_tenants_are_apart(host: Host, slack: Control) -> None:
    """The same ids and e-mails, in two bases."""
    slack.add_user("T0GLOBEX", "Zoe Petit", ZOE.email, id="U0ZOE")
    yan = make_user("yan")
    for user in (ZOE, yan):
        host.comment(user, GLOBEX)
    _told(host, ZOE, yan, yan)
    assert _strangers(host) == {
        (ACME.id, "zoe"): ("not_found", 1),
        (ACME.id, "yan"): ("not_found", 2),
        (GLOBEX.id, "yan"): ("not_found", 1),
    }
    assert [(row.tenant_id, row.user_id) for row in host.rows(person)] == [(GLOBEX.id, "zoe")]
    assert len(slack.messages("T0GLOBEX", "U0ZOE")) == 1


def test_who_is_removed_from_the_base_is_no_stranger_any_more(host: Host, slack: Control) -> None:
    _told(host, ZOE, make_user("yan"))
    host.tell("collaborator_removed", CollaboratorEvent(**envelope(ACME), collaborator=ZOE))
    assert [row.user_id for row in host.rows(stranger)] == ["yan"]


def test_what_a_worker_that_lost_its_claim_wanted_to_drop_is_not_counted(host: Host, slack: Control) -> None:
    patient = host.but(slack_timeout=30)
    slack.settings(latency_ms=1500)
    patient.comment(ZOE)
    worker = threading.Thread(target=patient.drain)
    worker.start()
    _wait(lambda: slack.requests(LOOK_UP), "nobody was looked for")
    host.execute(
        text("UPDATE cocoom_slack_lane SET fence = fence + 1, lease_until = now() + interval '1 hour'")
    )
    worker.join(timeout=60)
    assert host.states == [WAITING]
    assert _strangers(host) == {(ACME.id, "zoe"): ("not_found", 0)}


# --- gone later ---


@pytest.mark.parametrize("code", ["user_disabled", "user_not_found", "users_not_found", "channel_not_found"])
def test_who_was_found_by_email_and_is_gone_is_looked_for_again(
    host: Host, slack: Control, code: str
) -> None:
    _told(host, BOB)
    slack.deactivate_user("T0ACME", "U0BOB")
    slack.fault("error", POST, code=code, times=1)
    _told(host, BOB)
    assert host.rows(person) == []
    host.hurry()
    _told(host, BOB)
    assert len(_asked(slack)) == 2
    assert host.states[-1] == UNKNOWN


def test_who_came_back_as_another_slack_user_is_told_there(host: Host, slack: Control) -> None:
    _told(host, BOB)
    slack.deactivate_user("T0ACME", "U0BOB")
    slack.change_user("T0ACME", "U0BOB", email="gone@acme.example")
    slack.add_user("T0ACME", "Bob Leroy", BOB.email, id="U1BOB")
    _told(host, BOB)
    assert host.states == [SENT, WAITING]
    host.hurry()
    host.drain()
    assert host.states == [SENT, SENT]
    assert len(slack.messages("T0ACME", "U1BOB")) == 1


def test_who_is_gone_for_good_becomes_a_stranger(host: Host, slack: Control) -> None:
    _told(host, BOB)
    slack.deactivate_user("T0ACME", "U0BOB")
    _told(host, BOB)
    host.hurry()
    host.drain()
    assert host.states == [SENT, UNKNOWN]
    assert _strangers(host) == {(ACME.id, "bob"): ("not_found", 1)}


@pytest.mark.parametrize("source", [Source.LOGIN, Source.HAND], ids=["login", "hand"])
def test_what_somebody_said_themselves_is_not_forgotten(host: Host, slack: Control, source: Source) -> None:
    _match(host, Person("bob", "T0ACME", "U0BOB", source))
    slack.deactivate_user("T0ACME", "U0BOB")
    _told(host, BOB)
    assert host.states == [WAITING]
    assert [row.source for row in host.rows(person)] == [source]


def test_another_trouble_of_the_conversation_forgets_nobody(host: Host, slack: Control) -> None:
    _told(host, BOB)
    slack.change_app("A0ACME", messages_tab_enabled=False)
    _told(host, BOB)
    assert host.states == [SENT, WAITING]
    assert len(host.rows(person)) == 1


# --- Slack's limit ---


def _crowd(slack: Control, size: int) -> list[User]:
    users = [make_user(f"p{number:02}") for number in range(size)]
    for user in users:
        slack.add_user("T0ACME", user.display_name, user.email, id=f"U0{user.id.upper()}")
    return users


def test_a_limit_of_looking_up_stops_neither_known_people_nor_channels_nor_other_tenants(
    host: Host, slack: Control
) -> None:
    one = host.but(lanes_in_flight=1, tenant_share=1)
    _match(host, Person("bob", "T0ACME", "U0BOB", Source.LOGIN))
    slack.fault("rate_limited", LOOK_UP, team="T0ACME", times=1, retry_after="600")
    with host.session() as dbsession:
        trial.record(dbsession, ACME, "C0NEWS")
        dbsession.commit()
    host.comment(make_user("hugo", email="hugo@globex.example"), GLOBEX)
    _told(one, *_crowd(slack, 5), BOB)
    assert len(_asked(slack)) == 1, "for the rest of the time nobody else is looked for"
    for team, channel in (("T0ACME", "news"), ("T0ACME", "U0BOB"), ("T0GLOBEX", "U0HUGO")):
        assert len(slack.messages(team, channel)) == 1
    assert sorted(host.states) == [SENT] * 3 + [WAITING] * 5
    assert _strangers(host) == {}
    one.hurry()
    one.drain()
    assert len(_asked(slack)) == 1, "the next job of this worker knows it too"
    again = host.but()
    again.hurry()
    again.drain()
    assert host.states == [SENT] * 8


def test_lanes_come_back_when_the_time_is_over(host: Host, slack: Control) -> None:
    one = host.but(lanes_in_flight=1, tenant_share=1)
    slack.fault("rate_limited", LOOK_UP, times=1, retry_after="2")
    _told(one, *_crowd(slack, 4))
    assert host.states == [SENT] * 4
    refused, *others = [each["at"] for each in slack.requests(LOOK_UP)]
    assert len(others) == 4
    assert min(others) - refused >= 1.9
    assert {row.attempts for row in host.lanes} == {0}


def test_many_people_are_found_at_the_pace_that_slack_allows(host: Host, slack: Control) -> None:
    """50 a minute (slack.md E1)."""
    slack.limits(enabled=True, tiers_enabled=True, posts_per_second=100, burst=100, team_per_minute=0)
    _told(host, *_crowd(slack, 60))
    answers = slack.counts()["answers"][LOOK_UP]
    assert sorted(host.states) == [SENT] * 50 + [WAITING] * 10
    assert answers["ok"] == 50
    # Those that were under way already when Slack said so, and nobody after them.
    assert sum(answers.values()) - 50 <= host.settings.tenant_share
    slack.advance_clock(61)
    later = host.but()
    later.hurry()
    later.drain()
    assert host.states == [SENT] * 60
    assert slack.counts()["answers"][LOOK_UP]["ok"] == 60
    assert len(host.rows(person)) == 60


# --- what it costs ---


def test_strangers_are_read_in_the_claims_own_transaction_and_only_for_who_is_not_known(host: Host) -> None:
    _match(host, Person("bob", "T0ACME", "U0BOB", Source.LOGIN))
    for user, statements in ((BOB, 2), (ZOE, 3)):
        host.comment(user)
        with host.session() as dbsession:
            decide_batch(dbsession)
            claims = lanes.claim(dbsession, 10, host.settings)
            with Statements(host.engine) as noted:
                look_up(dbsession, claims)
            dbsession.commit()
        assert len(noted.seen) == statements


def test_of_many_strangers_a_claim_reads_once_and_a_record_counts_once(host: Host) -> None:
    users = [make_user(f"s{number}") for number in range(6)]
    _told(host, *users)
    for user in users:
        host.comment(user)
    with Statements(host.engine) as noted:
        host.drain()
    touched = [each for each in noted.seen if "cocoom_slack_stranger" in each]
    assert not [each for each in touched if "INSERT" in each]
    assert len([each for each in touched if "SELECT" in each]) <= 1
    assert {missed for _, missed in _strangers(host).values()} == {2}
