"""Every service of the contract, asked through the facade as a plugin asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pyramid.request import Request, apply_request_extensions
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cocoom_hooks.payloads import AdministratorNotice, Role, UserStatus
from demo.cocoom.session_rows import LIFETIME
from demo.cocoom.tables import LetterRow, SessionRow, UserRow


@pytest.fixture
def acme(hooks, dbsession):
    return hooks.find_tenant("t-acme", dbsession)


@pytest.fixture
def request_at(application):
    """A request outside the pipeline, as a plugin's view has it: ``request_at("acme.localhost")``."""
    made = []

    def request_at(host: str, cookie: str = "") -> Any:
        request = Request.blank("/", headers={"Host": host, "X-Forwarded-Host": "globex.localhost"})
        if cookie:
            request.cookies["cocoom_session"] = cookie
        request.registry = application.registry
        apply_request_extensions(request)
        request.environ["tm.active"] = True
        request.tm.begin()
        made.append(request)
        return request

    yield request_at
    for request in made:
        request.tm.abort()


@pytest.mark.parametrize("host", ["acme.localhost", "acme.localhost:6543", "ACME.localhost:1"])
def test_the_tenant_of_a_request_is_told_by_its_host_header(hooks, request_at, host):
    assert hooks.tenant_of_request(request_at(host)).id == "t-acme"


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "localhost",
        "acme.example",
        "acme.localhost.evil.example",
        "a.acme.localhost",
        "[::1]",
    ],
)
def test_no_tenant_lives_elsewhere(hooks, request_at, host):
    assert hooks.tenant_of_request(request_at(host)) is None


@pytest.mark.parametrize("key", ["t-globex", "globex"])
def test_a_tenant_is_found_by_id_or_subdomain(hooks, dbsession, key):
    tenant = hooks.find_tenant(key, dbsession)
    assert (tenant.id, tenant.name, tenant.locale) == ("t-globex", "Globex", "fr")
    assert tenant.url == "http://globex.localhost:6543"


def test_an_unknown_tenant_is_none(hooks, dbsession):
    assert hooks.find_tenant("nobody", dbsession) is None


@pytest.mark.parametrize("tenant_id", ["t-acme", None])
def test_a_dbsession_outside_requests_commits_by_itself(hooks, dbsession, tenant_id):
    with hooks.open_dbsession(tenant_id) as own:
        own.get_one(UserRow, "acme-bob").display_name = "Robert Leroy"
        own.commit()
        own.get_one(UserRow, "acme-bob").display_name = "forgotten"
    assert dbsession.get_one(UserRow, "acme-bob").display_name == "Robert Leroy"


def test_a_user_is_found_by_id_whatever_their_status(hooks, acme, dbsession):
    erin = hooks.user_by_id(acme, "acme-erin", dbsession)
    assert (erin.status, erin.role, erin.email) == ("deactivated", "reader", "erin@acme.example")
    assert hooks.user_by_id(acme, "acme-chloe", dbsession).locale == "fr"


def test_a_user_of_another_base_is_not_found(hooks, acme, dbsession):
    assert hooks.user_by_id(acme, "globex-gina", dbsession) is None
    assert not hooks.users_by_email(acme, "gina@globex.example", dbsession)


def test_users_are_found_by_email_without_regard_to_case(hooks, acme, dbsession):
    assert [user.id for user in hooks.users_by_email(acme, " DAN@Acme.example", dbsession)] == ["acme-dan"]


def test_two_accounts_with_one_email_are_both_shown(hooks, acme, dbsession):
    dbsession.add(UserRow(id="twin", tenant_id="t-acme", email="Dan@acme.example", display_name="Dan Two"))
    assert len(hooks.users_by_email(acme, "dan@acme.example", dbsession)) == 2


def test_the_same_spelling_is_refused_by_the_table(dbsession):
    dbsession.add(UserRow(id="twin", tenant_id="t-acme", email="dan@acme.example", display_name="Dan Two"))
    with pytest.raises(IntegrityError):
        dbsession.flush()


def test_activating_an_invited_user_fires_joined_in_the_given_session(hooks, acme, dbsession, recorder):
    dan = hooks.activate_user(acme, "acme-dan", dbsession)
    assert dan.status == "active"
    assert recorder.only("collaborator_joined").collaborator == dan
    assert hooks.activate_user(acme, "acme-dan", dbsession) == dan
    assert recorder.names == ["collaborator_joined"]
    dbsession.rollback()
    assert dbsession.get_one(UserRow, "acme-dan").status == "invited"


@pytest.mark.parametrize("user_id", ["acme-erin", "nobody", "globex-iris"])
def test_nobody_else_is_activated(hooks, acme, dbsession, recorder, user_id):
    assert hooks.activate_user(acme, user_id, dbsession) is None
    assert recorder.heard == []


def test_the_current_user_is_who_the_cookie_signs_in(hooks, browse, request_at):
    bob = browse("bob")
    assert hooks.current_user(request_at("acme.localhost", bob.cookie)).id == "acme-bob"
    assert hooks.current_user(request_at("globex.localhost", bob.cookie)) is None
    assert hooks.current_user(request_at("acme.localhost")) is None


def test_logging_in_answers_with_the_session_cookie(hooks, acme, request_at):
    request = request_at("acme.localhost")
    request.session["old"] = "content"
    token = request.session.get_csrf_token()
    [(name, value)] = hooks.log_in(request, acme, "acme-bob")
    assert name == "Set-Cookie"
    assert value.startswith("cocoom_session=")
    assert "old" not in request.session
    assert request.session.get_csrf_token() != token
    assert hooks.current_user(request).id == "acme-bob"


@pytest.mark.parametrize("user_id", ["acme-erin", "acme-dan", "nobody", "globex-gina"])
def test_logging_in_is_refused_to_those_not_active_here(hooks, acme, request_at, user_id):
    request = request_at("acme.localhost")
    assert hooks.log_in(request, acme, user_id) is None
    assert hooks.current_user(request) is None


def test_logging_in_at_another_tenants_address_is_refused(hooks, acme, request_at):
    assert hooks.log_in(request_at("globex.localhost"), acme, "acme-bob") is None


def test_logging_in_sees_an_activation_committed_elsewhere(hooks, acme, request_at):
    request = request_at("acme.localhost")
    assert hooks.user_by_id(acme, "acme-dan", request.dbsession).status == "invited"
    with hooks.open_dbsession("t-acme") as own:
        hooks.activate_user(acme, "acme-dan", own)
        own.commit()
    assert hooks.log_in(request, acme, "acme-dan")


def test_ending_sessions_signs_out_every_browser_of_one_person(hooks, acme, browse, sessions):
    bob, phone, chloe = browse("bob"), browse("bob"), browse("chloe")
    with sessions.begin() as dbsession:
        assert hooks.end_sessions(acme, "acme-bob", dbsession) == 2
        assert hooks.end_sessions(acme, "acme-bob", dbsession) == 0
    bob.read("/", status=303)
    phone.read("/", status=303)
    chloe.read("/")


def test_followers_are_the_active_ones(hooks, acme, sessions):
    with sessions.begin() as dbsession:
        dbsession.get_one(UserRow, "acme-chloe").status = "deactivated"
    with sessions() as dbsession:
        assert [user.id for user in hooks.thread_followers(acme, "acme-product", dbsession)] == ["acme-bob"]
        assert list(hooks.thread_followers(acme, "globex-general", dbsession)) == []


def test_administrators_are_told_by_letter(hooks, acme, dbsession, browse):
    notice = AdministratorNotice(subject="Slack is broken", text="Reconnect it.", url=f"{acme.url}/slack")
    assert hooks.tell_administrators(acme, notice, dbsession) is True
    dbsession.commit()
    letter = dbsession.scalars(select(LetterRow)).one()
    assert (letter.recipient, letter.subject) == ("alice@acme.example", "Slack is broken")
    assert "Reconnect it." in browse("alice").read("/administration").text


def test_nobody_is_told_where_there_is_no_administrator(hooks, acme, dbsession):
    dbsession.get_one(UserRow, "acme-alice").status = "deactivated"
    assert hooks.tell_administrators(acme, AdministratorNotice(subject="x", text="y"), dbsession) is False


@pytest.mark.parametrize(("person", "may"), [("alice", True), ("bob", False), ("", False)])
def test_only_administrators_administer(hooks, acme, browse, request_at, person, may):
    assert hooks.may_administer(request_at("acme.localhost", browse(person).cookie or ""), acme) is may


def test_an_administrator_administers_no_other_base(hooks, dbsession, browse, request_at):
    globex = hooks.find_tenant("globex", dbsession)
    assert hooks.may_administer(request_at("acme.localhost", browse("alice").cookie), globex) is False


def test_an_account_without_an_invitation_is_active_and_tells_that_somebody_joined(
    hooks, dbsession, acme, recorder
):
    made = hooks.create_user(acme, "zoe@acme.example", "Zoé", Role.READER, "fr", dbsession)
    assert (made.email, made.role, made.status, made.locale) == (
        "zoe@acme.example",
        Role.READER,
        UserStatus.ACTIVE,
        "fr",
    )
    assert recorder.only("collaborator_joined").collaborator == made


@pytest.mark.parametrize("known", ["bob@acme.example", "DAN@acme.example", "erin@acme.example"])
def test_no_second_account_is_made_for_an_address(hooks, dbsession, acme, recorder, known):
    assert hooks.create_user(acme, known, "Somebody", Role.READER, None, dbsession) is None
    assert recorder.names == []


def test_a_session_ends_when_its_asker_wanted_it_to(browse, application, sessions):
    bob = browse("bob")
    with sessions.begin() as dbsession:
        row = dbsession.scalars(select(SessionRow).where(SessionRow.user_id == "acme-bob")).one()
        assert row.ends_at - row.created_at == LIFETIME
        row.ends_at = row.created_at
    assert bob.app.get("/").location.endswith("/login?next=%2F")


def test_a_log_in_passes_on_how_long_it_may_last(hooks, request_at, acme, sessions):
    request = request_at("acme.localhost")
    assert hooks.log_in(request, acme, "acme-bob", max_age=60)
    row = request.dbsession.scalars(select(SessionRow).where(SessionRow.user_id == "acme-bob")).one()
    assert row.ends_at - row.created_at == timedelta(seconds=60)
