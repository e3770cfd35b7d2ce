"""What people said, as it is kept: read as it was written, each person's own, forgotten with the person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import CollaboratorEvent, TenantEvent
from cocoom_slack_plugin.notifications import kinds, preferences
from cocoom_slack_plugin.notifications.preferences import NOTHING_SAID, Preferences
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule
from cocoom_slack_plugin.testing import envelope

from .host import ACME, ALICE, BOB, GLOBEX, Host

SAID = [
    NOTHING_SAID,
    Preferences(off=frozenset(kinds.PERSONAL_WORDS)),
    Preferences(quiet=QuietHours(1320, 0)),
    Preferences(quiet=QuietHours(0, 1439), timezone="Asia/Kathmandu"),
    *(Preferences(digest=Schedule(every, 23, 6)) for every in Every),
    Preferences(frozenset({kinds.EDITS}), QuietHours(60, 30), Schedule(Every.WEEKLY, 0, 0), "UTC"),
]


@pytest.fixture
def dbsession(tables: Engine) -> Iterator[Session]:
    with Session(tables) as open_:
        yield open_


@pytest.mark.parametrize("said", SAID, ids=range(len(SAID)))
def test_what_was_said_is_read_as_it_was_written(dbsession: Session, said: Preferences) -> None:
    preferences.save(dbsession, "t", "bob", said)
    assert preferences.find(dbsession, "t", "bob") == said


def test_the_newest_word_counts(dbsession: Session) -> None:
    for said in SAID:
        preferences.save(dbsession, "t", "bob", said)
    assert preferences.find(dbsession, "t", "bob") == SAID[-1]


def test_of_users_leaves_out_those_who_said_nothing(dbsession: Session) -> None:
    quiet, digest = SAID[2], SAID[-1]
    preferences.save(dbsession, "t", "bob", quiet)
    preferences.save(dbsession, "u", "bob", digest)
    preferences.save(dbsession, "u", "eve", digest)
    wanted = {("t", "bob"), ("u", "bob"), ("t", "alice")}
    assert preferences.of_users(dbsession, wanted) == {("t", "bob"): quiet, ("u", "bob"): digest}
    assert preferences.of_users(dbsession, iter(())) == {}


def test_forgotten_is_as_never_said(dbsession: Session) -> None:
    preferences.save(dbsession, "t", "bob", SAID[1])
    preferences.save(dbsession, "t", "eve", SAID[1])
    preferences.forget(dbsession, "t", "bob")
    preferences.forget(dbsession, "t", "nobody")
    assert preferences.find(dbsession, "t", "bob") == NOTHING_SAID
    assert preferences.find(dbsession, "t", "eve") == SAID[1]


def test_whoever_is_removed_from_the_base_is_forgotten_there(host: Host) -> None:
    with host.session() as dbsession:
        for tenant in (ACME, GLOBEX):
            for user in (ALICE, BOB):
                preferences.save(dbsession, tenant.id, user.id, SAID[1])
        dbsession.commit()
    host.tell("collaborator_deactivated", CollaboratorEvent(**envelope(ACME), collaborator=BOB))
    assert len(host.rows(preferences.preference)) == 4
    host.tell("collaborator_removed", CollaboratorEvent(**envelope(ACME), collaborator=BOB))
    left = {(row.tenant_id, row.user_id) for row in host.rows(preferences.preference)}
    assert left == {(ACME.id, ALICE.id), (GLOBEX.id, ALICE.id), (GLOBEX.id, BOB.id)}
    host.tell("tenant_removed", TenantEvent(**envelope(GLOBEX)))
    assert [row.user_id for row in host.rows(preferences.preference)] == [ALICE.id]
    assert not host.hooks.failures
