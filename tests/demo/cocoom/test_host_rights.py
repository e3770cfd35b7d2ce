"""What each role may do (cocoom.md 2.1), and that pages are for members only."""

from __future__ import annotations

import pytest

from demo.cocoom.views.routes import ROUTES

DEEDS = {
    "/posts/acme-welcome/comments": ("reader", {"text": "hi"}),
    "/threads/acme-general/follow": ("reader", {}),
    "/threads/acme-general/unfollow": ("reader", {}),
    "/publish": ("contributor", {"thread": "acme-general", "template": "basic", "title": "x"}),
    "/share": ("contributor", {"thread": "acme-general", "template": "link", "title": "x"}),
    "/posts/acme-welcome/edit": ("administrator", {"title": "x"}),
    "/directory/invite": ("administrator", {"email": "x@y.example", "display_name": "X", "role": "reader"}),
    "/people/acme-chloe/deactivate": ("administrator", {}),
    "/people/acme-erin/reactivate": ("administrator", {}),
    "/people/acme-erin/remove": ("administrator", {}),
    "/threads/acme-general/edit": ("administrator", {"name": "x"}),
    "/threads/acme-product/delete": ("administrator", {}),
    "/administration/threads": ("administrator", {"name": "x"}),
    "/administration/comments": ("administrator", {"allowed": "1"}),
    "/threads/acme-product/import": ("administrator", {"titles": "x"}),
    "/settings": ("reader", {"locale": "", "timezone": ""}),
    "/administration/remove": ("administrator", {"subdomain": "acme"}),
}
ROLES = {"dan": "reader", "bob": "contributor", "alice": "administrator"}
RANK = ["reader", "contributor", "administrator"]


@pytest.mark.parametrize("path", DEEDS)
@pytest.mark.parametrize("person", ROLES)
def test_a_deed_is_for_its_role_and_those_above(browse, person, path):
    least, fields = DEEDS[path]
    allowed = RANK.index(ROLES[person]) >= RANK.index(least)
    answer = browse(person).send(path, status=None if allowed else 403, **fields)
    assert answer.status_int in ((200, 303) if allowed else (403,))


@pytest.mark.parametrize(("person", "pages"), [("dan", 403), ("bob", 403), ("alice", 200)])
def test_the_administration_page_is_for_administrators(browse, person, pages):
    browse(person).read("/administration", status=pages)


def test_moderating_is_for_administrators_and_for_the_posts_of_others(browse, recorder):
    browse("bob").send("/posts/acme-welcome/moderate", action="deleted", status=403)
    browse("alice").send("/posts/acme-welcome/moderate", action="deleted", status=409)
    assert recorder.heard == []


def test_only_the_author_deletes_or_unpublishes(browse, recorder):
    for deed in ("delete", "unpublish"):
        browse("bob").send(f"/posts/acme-welcome/{deed}", status=403)
    assert recorder.heard == []


def test_nobody_edits_a_share(browse):
    bob = browse("bob")
    post = bob.send("/share", thread="acme-general", template="link", title="x").location.rpartition("/")[2]
    assert "cannot be edited" in bob.read(f"/posts/{post}/edit", status=409).text
    bob.send(f"/posts/{post}/edit", title="y", status=409)


def test_the_comments_of_others_are_not_deleted(browse):
    answer = browse("bob").send("/posts/acme-welcome/comments", text="mine")
    comment = answer.location.rpartition("#comment-")[2]
    browse("chloe").send(f"/comments/{comment}/delete", status=403)
    browse("chloe").send(f"/comments/{comment}/moderate", status=403)


def test_administrators_do_not_lock_themselves_out(browse):
    browse("alice").send("/people/acme-alice/deactivate", status=409)


@pytest.mark.parametrize("name", sorted(set(ROUTES) - {"login", "sign_out", "oidc"}))
def test_a_stranger_sees_and_does_nothing(browse, recorder, name):
    path = ROUTES[name].format(thread="acme-general", post="acme-welcome", comment="c-1", person="acme-bob")
    stranger = browse()
    read = stranger.read(path, status="*")
    assert read.status_int == 404 or read.location.startswith("http://acme.localhost:6543/login")
    sent = stranger.send(path, status="*", title="x", text="x", subdomain="acme")
    assert sent.status_int == 404 or sent.location == "http://acme.localhost:6543/login"
    assert recorder.heard == []


@pytest.mark.parametrize(
    "path",
    [
        "/posts/globex-welcome",
        "/threads/globex-general",
        "/people/globex-gina",
        "/threads/globex-general/edit",
    ],
)
def test_nothing_of_another_base_is_found(browse, path):
    browse("alice").read(path, status=404)


def test_writing_into_another_bases_thread_is_refused(browse, recorder):
    fields = {"thread": "globex-general", "template": "basic", "title": "x"}
    assert "choose one of the list" in browse("alice").send("/publish", status=422, **fields).text
    assert recorder.heard == []
