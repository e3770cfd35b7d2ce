"""An event is one row in the host's own transaction: true with it, gone with it, and never in its way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import transaction
import zope.sqlalchemy
from sqlalchemy import Column, MetaData, Table, Text, text
from sqlalchemy.orm import registry, sessionmaker

from cocoom_hooks.payloads import CollaboratorEvent, TenantEvent, Thread, ThreadEvent
from cocoom_slack_plugin.database import metadata
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.tables import person
from cocoom_slack_plugin.switches import Switches
from cocoom_slack_plugin.testing import envelope

from .host import ACME, BOB, GLOBEX, Host, Statements, in_threads, shared


def test_a_commit_keeps_the_row(host: Host) -> None:
    told = shared("News", event_id="e1")
    with host.session() as dbsession:
        host.hooks.share_published(told, dbsession)
        assert host.events == []
        dbsession.commit()
    (row,) = host.events
    assert (row.tenant_id, row.event_id, row.kind) == (ACME.id, "e1", "share_published")
    assert row.payload["post"]["title"] == "News"
    assert row.decided_at is None


def test_a_rollback_takes_the_row_with_it(host: Host) -> None:
    """F02, F03"""
    with host.session() as dbsession:
        host.hooks.share_published(shared("News"), dbsession)
        dbsession.rollback()
    assert host.events == []


def test_what_a_savepoint_held_goes_with_the_savepoint(host: Host) -> None:
    with host.session() as dbsession:
        host.hooks.share_published(shared("kept"), dbsession)
        savepoint = dbsession.begin_nested()
        host.hooks.share_published(shared("undone"), dbsession)
        savepoint.rollback()
        with dbsession.begin_nested():
            host.hooks.share_published(shared("kept too"), dbsession)
        dbsession.commit()
    assert [row.payload["post"]["title"] for row in host.events] == ["kept", "kept too"]


def test_the_same_event_told_twice_is_one_row(host: Host) -> None:
    """B32"""
    for title in ("first", "second"):
        host.share(title, event_id="e1")
    host.share("another base", GLOBEX, event_id="e1")
    assert [row.payload["post"]["title"] for row in host.events] == ["first", "another base"]


def test_the_same_event_told_at_once_is_one_row(host: Host) -> None:
    in_threads(*(lambda: host.share("News", event_id="e1") for _ in range(6)))
    assert len(host.events) == 1


def test_nothing_is_written_for_a_tenant_whose_connection_is_off(host: Host) -> None:
    host.set_connection(ACME, notifications_enabled=False)
    host.share("News")
    host.share("Nouvelles", GLOBEX)
    assert [row.tenant_id for row in host.events] == [GLOBEX.id]


def test_nothing_is_written_for_a_tenant_without_a_connection(host: Host) -> None:
    host.execute(text("DELETE FROM cocoom_slack_connection"))
    host.share("News")
    assert host.events == []


def test_a_broken_connection_collects_its_events(host: Host) -> None:
    """Hold and catch up: they are delivered after reconnecting."""
    host.set_connection(ACME, health="broken")
    host.share("News")
    assert len(host.events) == 1


def test_for_a_tenant_that_the_operator_switched_off_no_sql_is_executed(host: Host) -> None:
    off = host.but(tenants=Switches.parse("acme login\n* notifications"))
    with off.session() as dbsession, Statements(off.engine) as statements:
        off.hooks.share_published(shared("News"), dbsession)
        assert not dbsession.in_transaction()
    assert statements.seen == []
    with off.session() as dbsession, Statements(off.engine) as statements:
        off.hooks.share_published(shared("News", GLOBEX), dbsession)
    assert len(statements.seen) == 1


def test_the_cost_is_one_statement_however_many_are_told(host: Host) -> None:
    for number in range(50):
        host.route(ACME, f"C0CHANNEL{number}")
    with Statements(host.engine) as statements:
        host.share("News")
    assert len(statements.seen) == 1


def test_a_payload_that_cannot_be_used_leaves_the_hosts_transaction_as_it_was(host: Host) -> None:
    """B27, B29: isolated, counted, and the host's own change is kept."""
    told = shared("News")
    wrong = [
        replace(told, post=replace(told.post, url="javascript:alert(1)")),
        replace(told, post=replace(told.post, title=None)),  # type: ignore[arg-type]
        replace(told, post=replace(told.post, title="nul \x00")),
        replace(told, post=replace(told.post, title="lone \ud800")),
        replace(told, event_id=""),
    ]
    with host.session() as dbsession:
        dbsession.execute(text("CREATE TABLE IF NOT EXISTS of_the_host (x text)"))
        for each in wrong:
            host.hooks.share_published(each, dbsession)
        dbsession.execute(text("INSERT INTO of_the_host VALUES ('kept')"))
        host.hooks.share_published(told, dbsession)
        dbsession.commit()
    assert host.hooks.failures == {("slack", "cocoom_share_published"): len(wrong)}
    assert [row.payload["post"]["title"] for row in host.events] == ["News"]
    with host.engine.connect() as open_:
        assert open_.scalar(text("SELECT count(*) FROM of_the_host")) == 1


class Act:
    """What the host itself writes when somebody acts."""


def test_with_a_transaction_manager_the_row_shares_the_fate_of_the_hosts_act(host: Host) -> None:
    acts = Table("act_of_the_host", MetaData(), Column("title", Text, primary_key=True))
    acts.create(host.engine, checkfirst=True)
    registry(metadata=acts.metadata).map_imperatively(Act, acts)
    manager = transaction.TransactionManager(explicit=True)
    sessions = sessionmaker(host.engine)
    zope.sqlalchemy.register(sessions, transaction_manager=manager)
    for title, end in (("kept", manager.commit), ("undone", manager.abort)):
        manager.begin()
        dbsession = sessions()
        host.hooks.share_published(shared(title), dbsession)
        dbsession.add(Act(title=title))  # type: ignore[call-arg]
        end()
    assert [row.payload["post"]["title"] for row in host.events] == ["kept"]
    assert [row.title for row in host.rows(acts)] == ["kept"]
    acts.drop(host.engine)


def test_a_removed_tenant_leaves_nothing_behind(host: Host) -> None:
    for tenant in (ACME, GLOBEX):
        host.route(tenant, "C0NEWS")
        host.share("News", tenant)
    host.drain()
    host.tell("tenant_removed", TenantEvent(**envelope(ACME)))
    for table in metadata.sorted_tables:
        assert {row.tenant_id for row in host.rows(table)} <= {GLOBEX.id}, table.name
    assert len(host.events) == 1


def test_a_deleted_thread_takes_its_routes_with_it(host: Host) -> None:
    host.route(ACME, "C0NEWS", "general")
    host.route(ACME, "C0NEWS", "other")
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS", "general")
    thread = Thread(id="general", name="general", url=f"{ACME.url}/threads/general")
    host.tell("thread_deleted", ThreadEvent(**envelope(ACME), thread=thread))
    left = [(row.tenant_id, *row.threads) for row in host.rows(metadata.tables["cocoom_slack_route"])]
    assert left == [(ACME.id, "other"), (ACME.id,), (GLOBEX.id, "general")]


@pytest.mark.parametrize("tenant", [ACME, GLOBEX])
def test_a_removed_person_is_forgotten_in_their_own_base_alone(host: Host, tenant: object) -> None:
    with host.session() as dbsession:
        for each in (ACME, GLOBEX):
            people.match(dbsession, each.id, Person("bob", "T0ACME", "U0BOB", Source.LOGIN))
        dbsession.commit()
    told = CollaboratorEvent(**envelope(tenant), collaborator=BOB)  # type: ignore[arg-type]
    host.tell("collaborator_removed", told)
    left = {row.tenant_id for row in host.rows(person)}
    assert left == {ACME.id, GLOBEX.id} - {tenant.id}  # type: ignore[attr-defined]
