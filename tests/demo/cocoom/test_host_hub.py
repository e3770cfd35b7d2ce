"""A thread that acme lends to globex: its posts are told and shown in both, each in its own way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from demo.cocoom.tables import LendingRow, PostRow

HUB = {"thread": "acme-hub-news", "template": "basic", "title": "For all of us", "tags": "group"}


def publish(browser, **fields):
    return browser.send("/publish", **{**HUB, **fields}).location.rpartition("/")[2]


def told(recorder, name):
    """The two events of one act, acme's first; fails when anything else was told."""
    assert recorder.names == [name, name]
    home, abroad = (event for _, event in recorder.heard)
    assert (home.tenant.id, abroad.tenant.id) == ("t-acme", "t-globex")
    assert home.event_id != abroad.event_id
    return home, abroad


@pytest.fixture
def post(browse, recorder):
    """Bob's publication in the lent thread, already told."""
    made = publish(browse("bob"))
    recorder.forget()
    return made


def test_a_publication_is_told_once_for_each_base_that_shows_it(browse, recorder):
    post_id = publish(browse("bob"))
    home, abroad = told(recorder, "publication_published")
    assert home.post.author.id == home.actor.id == "acme-bob"
    assert home.post.url == f"http://acme.localhost:6543/posts/{post_id}"
    assert abroad.post.url == f"http://globex.localhost:6543/posts/{post_id}"
    assert (abroad.tenant.locale, abroad.tenant.timezone) == ("fr", "Europe/Zurich")
    assert (home.post.thread.id, abroad.post.thread.id) == ("acme-hub-news", "globex-hub-news")
    assert abroad.post.thread.url == "http://globex.localhost:6543/threads/globex-hub-news"
    assert (abroad.post.id, abroad.post.title, abroad.post.tags) == (post_id, "For all of us", ("group",))


def test_abroad_the_author_is_a_name_that_nobody_there_can_be_taken_for(browse, recorder, hooks, dbsession):
    publish(browse("bob"))
    _, abroad = told(recorder, "publication_published")
    author = abroad.post.author
    assert author == abroad.actor
    assert (author.id, author.display_name) == ("hub:t-acme:acme-bob", "Bob Leroy")
    assert (author.email, author.status, author.profile_url) == ("", "removed", None)
    assert hooks.user_by_id(abroad.tenant, author.id, dbsession) is None


def test_a_share_is_told_in_both(browse, recorder):
    browse("bob").send("/share", **{**HUB, "template": "link"})
    told(recorder, "share_published")


def test_followers_abroad_are_those_of_the_thread_there(browse, recorder, hooks, dbsession):
    publish(browse("bob"))
    _, abroad = told(recorder, "publication_published")
    found = hooks.thread_followers(abroad.tenant, abroad.post.thread.id, dbsession)
    assert [person.id for person in found] == ["globex-gina", "globex-hugo"]


def test_a_draft_is_told_nowhere(browse, recorder):
    post_id = publish(browse("bob"), draft="1")
    assert recorder.heard == []
    browse("gina", "globex").read(f"/posts/{post_id}", status=404)


def test_an_edit_is_told_in_both(browse, recorder, post):
    browse("alice").send(f"/posts/{post}/edit", title="New title", tags="group")
    home, abroad = told(recorder, "publication_edited")
    assert (home.post.title, abroad.post.title) == ("New title", "New title")
    assert abroad.changed_fields == ("title",)
    assert abroad.actor.id == "hub:t-acme:acme-alice"


def test_taking_back_and_publishing_again_is_told_in_both(browse, recorder, post):
    bob = browse("bob")
    bob.send(f"/posts/{post}/unpublish")
    told(recorder, "publication_unpublished")
    gina = browse("gina", "globex")
    gina.read(f"/posts/{post}", status=404)
    recorder.forget()
    bob.send(f"/posts/{post}/publish")
    told(recorder, "publication_published")
    gina.read(f"/posts/{post}")


def test_a_deletion_is_told_in_both(browse, recorder, post):
    browse("bob").send(f"/posts/{post}/delete")
    _, abroad = told(recorder, "publication_deleted")
    assert abroad.post.id == post
    browse("gina", "globex").read(f"/posts/{post}", status=404)


@pytest.mark.parametrize("action", ["unpublished", "deleted"])
def test_moderation_is_told_in_both(browse, recorder, post, action):
    browse("alice").send(f"/posts/{post}/moderate", action=action, reason="Too early")
    _, abroad = told(recorder, "publication_moderated")
    assert (abroad.action, abroad.reason) == (action, "Too early")


def test_comments_stay_in_the_base_where_they_are_written(browse, recorder, post):
    browse("chloe").send(f"/posts/{post}/comments", text="Well said")
    assert recorder.only("comment_added").tenant.id == "t-acme"


def test_a_thread_that_is_not_lent_is_told_at_home_alone(browse, recorder):
    publish(browse("bob"), thread="acme-product")
    assert recorder.only("publication_published").tenant.id == "t-acme"


def test_the_receiving_base_shows_it_at_its_own_address_to_be_read_alone(browse, recorder, post):
    gina = browse("gina", "globex")
    for path in ("/", "/threads/globex-hub-news"):
        assert f'href="/posts/{post}"' in gina.read(path).text
    page = gina.read(f"/posts/{post}")
    assert "For all of us" in page.text
    assert "from Acme" in page.text
    assert [form.action for form in page.forms.values()] == ["/sign-out"]
    assert not page.html.select("main a[href^='/people/'], main a[href$='/edit']")
    assert f'href="/posts/{post}"' not in gina.read("/threads/globex-general").text


@pytest.mark.parametrize("deed", ["edit", "unpublish", "delete", "moderate", "comments", "publish"])
def test_nothing_can_be_done_about_it_abroad(browse, recorder, dbsession, post, deed):
    fields = {"title": "x", "text": "x", "action": "deleted"}
    browse("gina", "globex").send(f"/posts/{post}/{deed}", status=404, **fields)
    assert recorder.heard == []
    assert dbsession.get_one(PostRow, post).title == "For all of us"


def test_the_receiving_base_does_not_write_into_that_thread(browse, recorder):
    gina = browse("gina", "globex")
    assert "globex-hub-news" not in gina.read("/publish").text
    assert "Write here" not in gina.read("/threads/globex-hub-news").text
    fields = {**HUB, "thread": "globex-hub-news"}
    assert "choose one of the list" in gina.send("/publish", status=422, **fields).text
    gina.send("/threads/globex-hub-news/import", status=409, titles="x")
    gina.read("/threads/globex-hub-news/import", status=409)
    gina.send("/threads/globex-hub-news/delete", status=409)
    assert recorder.heard == []


def test_the_threads_say_who_lends_and_who_receives(browse):
    assert "Shared with Globex" in browse("bob").read("/threads/acme-hub-news").text
    assert "Posts of Acme, for reading" in browse("gina", "globex").read("/threads/globex-hub-news").text
    assert "Shared with" not in browse("bob").read("/threads/acme-general").text


def test_each_base_may_call_the_thread_as_it_likes(browse, recorder):
    browse("gina", "globex").send("/threads/globex-hub-news/edit", name="actualités", color="")
    recorder.forget()
    publish(browse("bob"))
    home, abroad = told(recorder, "publication_published")
    assert (home.post.thread.name, abroad.post.thread.name) == ("hub-news", "actualités")


def test_a_base_that_is_gone_is_told_nothing(browse, recorder, dbsession):
    browse("gina", "globex").send("/administration/remove", subdomain="globex", status=200)
    recorder.forget()
    publish(browse("bob"))
    assert recorder.only("publication_published").tenant.id == "t-acme"
    assert dbsession.scalars(select(LendingRow)).all() == []
