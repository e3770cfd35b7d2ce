"""Every act fires exactly the right hook, with all that a plugin needs, inside the host's transaction."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from demo.cocoom.tables import BaseRow, CommentRow, FollowRow, PostRow, ThreadRow, UserRow

TEXT = {
    "thread": "acme-product",
    "template": "quote",
    "title": "News",
    "subtitle": "Good ones",
    "tags": "a, b",
}


def publish(browser, **fields):
    return browser.send("/publish", **{**TEXT, **fields}).location.rpartition("/")[2]


def share(browser):
    return browser.send("/share", **{**TEXT, "template": "link"}).location.rpartition("/")[2]


def comment(browser, post="acme-welcome"):
    return browser.send(f"/posts/{post}/comments", text="Well said").location.rpartition("#comment-")[2]


def test_publishing_a_publication(browse, recorder):
    post_id = publish(browse("bob"))
    event = recorder.only("publication_published")
    assert (event.tenant.id, event.tenant.subdomain, event.tenant.locale) == ("t-acme", "acme", "en")
    assert event.tenant.url == "http://acme.localhost:6543"
    assert re.fullmatch(r"[0-9a-f]{32}", event.event_id)
    assert timedelta() <= datetime.now(UTC) - event.occurred_at < timedelta(minutes=1)
    assert (event.actor.id, event.actor.email, event.actor.role) == (
        "acme-bob",
        "bob@acme.example",
        "contributor",
    )
    assert event.actor.profile_url == "http://acme.localhost:6543/people/acme-bob"
    post = event.post
    assert (post.id, post.kind, post.title, post.subtitle) == (post_id, "publication", "News", "Good ones")
    assert event.batch is None
    assert (post.template, post.tags, post.author) == ("quote", ("a", "b"), event.actor)
    assert (post.thread.id, post.thread.name, post.thread.color) == ("acme-product", "product", "#0E9F6E")
    assert post.thread.url == "http://acme.localhost:6543/threads/acme-product"
    assert abs(post.published_at - event.occurred_at) < timedelta(minutes=1)


def test_every_link_of_an_event_leads_to_a_page(browse, recorder):
    alice, bob = browse("alice"), browse("bob")
    comment(bob, publish(alice))
    event = recorder.heard[-1][1]
    for link in (event.post.url, event.post.thread.url, event.actor.profile_url, event.tenant.url + "/"):
        assert bob.read(link.removeprefix(event.tenant.url)).status_int == 200
    page, _, anchor = event.comment.url.removeprefix(event.tenant.url).partition("#")
    assert f'id="{anchor}"' in bob.read(page).text


def test_sharing(browse, recorder):
    share(browse("bob"))
    event = recorder.only("share_published")
    assert (event.post.kind, event.post.template) == ("share", "link")


def test_a_draft_is_told_only_when_it_is_published(browse, recorder):
    bob = browse("bob")
    post = publish(bob, draft="1")
    bob.send(f"/posts/{post}/edit", title="Better")
    browse("alice").read(f"/posts/{post}", status=404)
    assert recorder.heard == []
    bob.send(f"/posts/{post}/publish")
    assert recorder.only("publication_published").post.title == "Better"


def test_a_deleted_draft_is_told_to_nobody(browse, recorder):
    bob = browse("bob")
    bob.send(f"/posts/{publish(bob, draft='1')}/delete")
    assert recorder.heard == []


@pytest.mark.parametrize("editor", ["alice", "bob"])
def test_editing_a_publication_tells_who_and_what(browse, recorder, editor):
    post = publish(browse("bob"))
    recorder.forget()
    browse(editor).send(f"/posts/{post}/edit", title="Old news", subtitle="Good ones", tags="b")
    event = recorder.only("publication_edited")
    assert (event.actor.display_name.split()[0].lower(), event.post.author.id) == (editor, "acme-bob")
    assert event.changed_fields == ("title", "tags")
    assert event.post.title == "Old news"


def test_saving_without_a_change_is_no_edit(browse, recorder):
    bob = browse("bob")
    post = publish(bob)
    recorder.forget()
    bob.send(f"/posts/{post}/edit", title="News", subtitle="Good ones", tags="a,b")
    assert recorder.heard == []


def test_an_author_unpublishes(browse, recorder):
    bob = browse("bob")
    post = publish(bob)
    recorder.forget()
    bob.send(f"/posts/{post}/unpublish")
    assert recorder.only("publication_unpublished").post.id == post
    browse("chloe").read(f"/posts/{post}", status=404)


def test_publishing_again_is_told_again(browse, recorder):
    bob = browse("bob")
    post = publish(bob)
    bob.send(f"/posts/{post}/unpublish")
    bob.send(f"/posts/{post}/edit", title="Second try")
    assert "Publish again" in bob.read(f"/posts/{post}").text
    bob.send(f"/posts/{post}/publish")
    assert recorder.names == ["publication_published", "publication_unpublished", "publication_published"]
    first, _, second = (event for _, event in recorder.heard)
    assert first.event_id != second.event_id
    assert (second.post.id, second.post.title) == (post, "Second try")
    assert second.post.published_at > first.post.published_at
    bob.send(f"/posts/{post}/publish", status=409)


def test_what_was_moderated_away_can_be_published_again_by_its_author_alone(browse, recorder):
    bob, alice = browse("bob"), browse("alice")
    post = publish(bob)
    alice.send(f"/posts/{post}/moderate", action="unpublished")
    recorder.forget()
    alice.send(f"/posts/{post}/publish", status=403)
    bob.send(f"/posts/{post}/publish")
    assert recorder.names == ["publication_published"]


def test_an_author_deletes_what_was_unpublished(browse, recorder):
    bob = browse("bob")
    post = publish(bob)
    bob.send(f"/posts/{post}/unpublish")
    recorder.forget()
    bob.send(f"/posts/{post}/delete")
    assert recorder.only("publication_deleted").post.id == post


def test_an_author_deletes_a_publication(browse, recorder):
    bob = browse("bob")
    post = publish(bob)
    recorder.forget()
    bob.send(f"/posts/{post}/delete")
    assert recorder.only("publication_deleted").post.id == post
    bob.read(f"/posts/{post}", status=404)


def test_an_author_deletes_a_share(browse, recorder):
    bob = browse("bob")
    post = share(bob)
    recorder.forget()
    bob.send(f"/posts/{post}/delete")
    assert recorder.only("share_deleted").post.id == post


@pytest.mark.parametrize("action", ["unpublished", "deleted"])
def test_an_administrator_moderates_a_publication(browse, recorder, action):
    post = publish(browse("bob"))
    recorder.forget()
    browse("alice").send(f"/posts/{post}/moderate", action=action, reason="Too early")
    event = recorder.only("publication_moderated")
    assert (event.action, event.reason, event.actor.id) == (action, "Too early", "acme-alice")
    assert event.post.author.id == "acme-bob"


def test_an_administrator_moderates_a_share_by_deleting_it(browse, recorder):
    post = share(browse("bob"))
    recorder.forget()
    alice = browse("alice")
    alice.send(f"/posts/{post}/moderate", action="unpublished", status=409)
    assert recorder.heard == []
    alice.send(f"/posts/{post}/moderate", action="deleted")
    event = recorder.only("share_moderated")
    assert (event.action, event.reason) == ("deleted", None)


def test_commenting_keeps_the_text_inside_the_base(browse, recorder):
    comment_id = comment(browse("chloe"))
    event = recorder.only("comment_added")
    assert (event.comment.id, event.comment.author, event.post.author.id) == (
        comment_id,
        event.actor,
        "acme-alice",
    )
    assert event.comment.excerpt is None
    assert event.actor.locale == "fr"
    assert event.comment.created_at.tzinfo is not None


def test_comment_text_leaves_where_an_administrator_allows_it(browse, recorder):
    alice, bob = browse("alice"), browse("bob")
    alice.send("/administration/comments", allowed="1")
    assert alice.read("/administration").html.select_one("input[name=allowed]").has_attr("checked")
    comment_id = comment(bob)
    assert recorder.only("comment_added").comment.excerpt == "Well said"
    recorder.forget()
    bob.send(f"/comments/{comment_id}/delete")
    assert recorder.only("comment_deleted").comment.excerpt == "Well said"
    alice.send("/administration/comments")
    recorder.forget()
    comment(bob)
    assert recorder.only("comment_added").comment.excerpt is None


def test_a_base_that_allows_it_does_not_allow_it_for_another(browse, recorder):
    browse("alice").send("/administration/comments", allowed="1")
    comment(browse("hugo", "globex"), "globex-welcome")
    assert recorder.only("comment_added").comment.excerpt is None


def test_deleting_ones_own_comment(browse, recorder, dbsession):
    bob = browse("bob")
    comment_id = comment(bob)
    recorder.forget()
    bob.send(f"/comments/{comment_id}/delete")
    assert recorder.only("comment_deleted").comment.id == comment_id
    assert dbsession.get(CommentRow, comment_id) is None


def test_moderating_somebody_elses_comment(browse, recorder, dbsession):
    comment_id = comment(browse("bob"))
    recorder.forget()
    browse("alice").send(f"/comments/{comment_id}/moderate", reason="Off topic")
    event = recorder.only("comment_moderated")
    assert (event.action, event.reason, event.comment.author.id) == ("deleted", "Off topic", "acme-bob")
    assert dbsession.get(CommentRow, comment_id) is None


def test_inviting_writes_a_letter_and_tells_no_plugin(browse, recorder, dbsession):
    alice = browse("alice")
    alice.send("/directory/invite", email="fay@acme.example", display_name="Fay Lemaire", role="reader")
    assert recorder.heard == []
    assert "fay@acme.example" in alice.read("/administration").text
    fay = dbsession.scalars(select(UserRow).where(UserRow.email == "fay@acme.example")).one()
    assert fay.status == "invited"
    browse("fay")
    assert recorder.only("collaborator_joined").collaborator.id == fay.id


def test_an_account_goes_out_and_back_and_out_for_good(browse, recorder):
    alice = browse("alice")
    for deed in ("deactivate", "reactivate", "deactivate", "remove"):
        alice.send(f"/people/acme-bob/{deed}")
    assert recorder.names == [
        "collaborator_deactivated",
        "collaborator_reactivated",
        "collaborator_deactivated",
        "collaborator_removed",
    ]
    event = recorder.heard[-1][1]
    assert (event.collaborator.status, event.actor.id) == ("removed", "acme-alice")
    assert "bob@acme.example" not in alice.read("/directory").text


def test_nobody_is_removed_before_being_deactivated(browse, recorder):
    browse("alice").send("/people/acme-bob/remove", status=409)
    assert recorder.heard == []


def test_renaming_a_thread(browse, recorder):
    browse("alice").send("/threads/acme-product/edit", name="products", color="#0E9F6E")
    event = recorder.only("thread_updated")
    assert (event.thread.name, event.changed_fields) == ("products", ("name",))


def test_only_an_empty_thread_is_deleted(browse, recorder, dbsession):
    alice = browse("alice")
    alice.send("/threads/acme-general/delete", status=409)
    assert recorder.heard == []
    alice.send("/threads/acme-product/delete")
    assert recorder.only("thread_deleted").thread.id == "acme-product"
    assert dbsession.get(ThreadRow, "acme-product") is None


def test_a_thread_whose_posts_were_all_deleted_is_empty(browse, recorder):
    alice = browse("alice")
    alice.send(f"/posts/{publish(alice)}/delete")
    recorder.forget()
    alice.send("/threads/acme-product/delete")
    assert recorder.names == ["thread_deleted"]


def test_following_tells_no_plugin(browse, recorder, dbsession):
    alice = browse("alice")
    alice.send("/threads/acme-product/follow")
    alice.send("/threads/acme-product/follow")
    assert dbsession.get(FollowRow, ("acme-product", "acme-alice"))
    alice.send("/threads/acme-product/unfollow")
    assert recorder.heard == []


def test_removing_a_base_takes_everything_and_tells_once(browse, recorder, dbsession):
    alice = browse("alice")
    alice.send("/administration/remove", subdomain="globex", status=400)
    alice.send("/administration/remove", subdomain="acme", status=200)
    assert recorder.only("tenant_removed").tenant.id == "t-acme"
    assert set(dbsession.scalars(select(PostRow.tenant_id))) == {"t-globex"}
    alice.read("/", status=404)
    browse("gina", subdomain="globex").read("/")


def test_what_a_plugin_writes_is_committed_with_the_act_even_without_the_orm(browse, recorder, sessions):
    with sessions.begin() as dbsession:
        dbsession.execute(text("CREATE TABLE IF NOT EXISTS told (what text)"))
        dbsession.execute(text("TRUNCATE told"))
    recorder.do = lambda dbsession: dbsession.execute(text("INSERT INTO told VALUES ('yes')"))
    comment(browse("bob"))
    with sessions() as dbsession:
        assert dbsession.scalars(text("SELECT what FROM told")).all() == ["yes"]


def test_a_plugin_sees_the_hosts_change_in_the_session_it_is_given(browse, recorder):
    seen = []
    recorder.do = lambda dbsession: seen.extend(dbsession.scalars(text("SELECT text FROM demo_comment")))
    comment(browse("bob"))
    assert seen == ["Well said"]


def test_an_aborted_transaction_leaves_nothing_behind(browse, recorder, dbsession, monkeypatch):
    def fail(path):
        raise RuntimeError("after the act")

    monkeypatch.setattr("demo.cocoom.views.post_deeds.go_to", fail)
    bob = browse("bob")
    recorder.do = lambda dbsession: dbsession.execute(text("UPDATE demo_base SET name = 'told'"))
    with pytest.raises(RuntimeError):
        bob.send("/posts/acme-welcome/comments", text="lost")
    assert recorder.names == ["comment_added"]
    assert dbsession.scalars(select(CommentRow)).all() == []
    assert dbsession.get_one(BaseRow, "t-acme").name == "Acme"


@pytest.mark.parametrize(
    "bad",
    [
        lambda dbsession: 1 / 0,
        lambda dbsession: dbsession.execute(text("SELECT * FROM no_such_table")),
        lambda dbsession: (
            dbsession.add(ThreadRow(id="x", tenant_id="nowhere", name="x")),
            dbsession.flush(),
        ),
        lambda dbsession: dbsession.add(ThreadRow(id="x", tenant_id="nowhere", name="x")),
    ],
    ids=["raises", "fails in sql", "fails in a flush", "leaves a row that cannot be written"],
)
def test_a_failing_plugin_never_breaks_the_act(browse, recorder, dbsession, bad):
    recorder.do = bad
    comment_id = comment(browse("bob"))
    assert dbsession.get(CommentRow, comment_id).text == "Well said"
