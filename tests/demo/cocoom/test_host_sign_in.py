"""Signing in: the form, the session, the tenant it is good for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from demo.cocoom.tables import SessionRow, UserRow


def test_a_stranger_is_led_to_the_login_page_and_back(browse):
    stranger = browse()
    answer = stranger.read("/threads/acme-general?x=1", status=303)
    assert answer.location == "http://acme.localhost:6543/login?next=%2Fthreads%2Facme-general%3Fx%3D1"
    answer = stranger.sign_in("bob@acme.example", next="/threads/acme-general?x=1")
    assert answer.location == "http://acme.localhost:6543/threads/acme-general?x=1"
    assert "#general" in answer.follow().text


def test_a_stranger_who_posts_is_led_to_the_login_page(browse):
    assert browse().send("/posts/acme-welcome/comments", text="hi").location.endswith("/login")


@pytest.mark.parametrize(
    "hostile",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "/x\r\nSet-Cookie: a=b",
        "/é",
        " /",
        "/" + "x" * 3000,
        "",
    ],
)
def test_a_hostile_next_leads_home(browse, hostile):
    assert browse().sign_in("bob@acme.example", next=hostile).location == "http://acme.localhost:6543/"


def test_signing_in_rotates_the_session_and_its_csrf_token(browse, dbsession):
    bob = browse()
    before_token = bob.csrf_token()
    before_cookie = bob.cookie
    bob.sign_in("bob@acme.example")
    assert bob.cookie != before_cookie
    assert bob.csrf_token() != before_token
    assert [row.user_id for row in dbsession.scalars(select(SessionRow))] == ["acme-bob"]
    bob.app.set_cookie("cocoom_session", before_cookie)
    bob.read("/", status=303)


def test_the_session_cookie_is_hidden_from_scripts_and_other_hosts(browse):
    answer = browse().sign_in("bob@acme.example")
    [cookie] = answer.headers.getall("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_the_sessions_table_opens_no_session(browse, dbsession):
    bob = browse("bob")
    assert bob.cookie not in {row.id for row in dbsession.scalars(select(SessionRow))}


def test_a_session_of_one_base_signs_nobody_in_at_another(browse):
    bob, stranger = browse("bob"), browse(subdomain="globex")
    stranger.app.set_cookie("cocoom_session", bob.cookie)
    assert stranger.read("/", status=303).location.startswith("http://globex.localhost:6543/login")
    bob.read("/")


def test_an_account_of_one_base_is_unknown_at_another(browse):
    browse(subdomain="globex").sign_in("bob@acme.example", status=403)


def test_a_wrong_password_is_refused_without_telling_whether_the_account_exists(browse):
    known = browse().sign_in("bob@acme.example", password="wrong", status=403)
    unknown = browse().sign_in("nobody@acme.example", password="wrong", status=403)
    assert "do not go together" in known.text
    assert "do not go together" in unknown.text


def test_a_deactivated_account_is_refused(browse):
    assert "deactivated" in browse().sign_in("erin@acme.example", status=403).text


def test_an_invited_person_joins_by_signing_in_and_only_once(browse, recorder, dbsession):
    browse("dan")
    event = recorder.only("collaborator_joined")
    assert (event.collaborator.id, event.collaborator.status) == ("acme-dan", "active")
    assert event.actor == event.collaborator
    assert dbsession.get_one(UserRow, "acme-dan").status == "active"
    browse("dan")
    assert recorder.names == ["collaborator_joined"]


def test_signing_out_ends_the_session(browse, dbsession):
    bob = browse("bob")
    cookie = bob.cookie
    bob.send("/sign-out")
    bob.read("/", status=303)
    bob.app.set_cookie("cocoom_session", cookie)
    bob.read("/", status=303)


def test_being_deactivated_ends_every_session_at_once(browse):
    alice, bob, phone = browse("alice"), browse("bob"), browse("bob")
    alice.send("/people/acme-bob/deactivate")
    bob.read("/", status=303)
    phone.read("/", status=303)


def test_a_status_changed_behind_the_sessions_back_counts_on_the_next_request(browse, sessions):
    bob = browse("bob")
    with sessions.begin() as dbsession:
        dbsession.get_one(UserRow, "acme-bob").status = "deactivated"
    bob.read("/", status=303)


def test_whoever_is_signed_in_does_not_see_the_login_page(browse):
    assert browse("bob").read("/login?next=/directory", status=303).location.endswith("/directory")


def test_a_post_without_the_csrf_token_does_nothing(browse, recorder):
    bob = browse("bob")
    answer = bob.app.post("/posts/acme-welcome/comments", {"text": "hi"}, status=403)
    assert "Nothing was done" in answer.text
    assert recorder.heard == []


def test_a_csrf_token_of_somebody_else_does_nothing(browse, recorder):
    bob, chloe = browse("bob"), browse("chloe")
    bob.send("/posts/acme-welcome/comments", csrf_token=chloe.csrf_token(), text="hi", status=403)
    assert recorder.heard == []
