"""An administrator imports posts: one act of many events, which carry one batch."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from demo.cocoom.tables import PostRow

IMPORT = "/threads/acme-product/import"


def test_all_are_published_with_one_batch(browse, recorder):
    answer = browse("alice").send(IMPORT, titles="First\r\n\r\n  Second  \r\nThird\r\n")
    assert answer.location.endswith("/threads/acme-product")
    assert recorder.names == ["publication_published"] * 3
    events = [event for _, event in recorder.heard]
    assert [event.post.title for event in events] == ["First", "Second", "Third"]
    assert len({event.batch for event in events}) == 1
    assert events[0].batch
    assert len({event.event_id for event in events}) == 3
    assert {event.post.thread.id for event in events} == {"acme-product"}
    assert answer.follow().text.count('class="card publication"') == 3


def test_two_imports_are_two_batches_and_one_post_is_none(browse, recorder):
    alice = browse("alice")
    for title in ("First", "Second"):
        alice.send(IMPORT, titles=title)
    alice.send("/publish", thread="acme-product", template="basic", title="By hand")
    first, second, by_hand = (event.batch for _, event in recorder.heard)
    assert first != second
    assert by_hand is None


def test_in_a_hub_the_batch_goes_everywhere(browse, recorder):
    browse("alice").send("/threads/acme-hub-news/import", titles="First\nSecond")
    events = [event for _, event in recorder.heard]
    assert [event.tenant.id for event in events] == ["t-acme", "t-globex"] * 2
    assert len({event.batch for event in events}) == 1


@pytest.mark.parametrize(
    ("titles", "status", "words"),
    [
        (" \n ", 422, "Please fill this in"),
        ("x" * 201, 422, "At most 200 characters a line"),
        ("x\n" * 501, 409, "At most 500 posts"),
    ],
    ids=["nothing", "too long", "too many"],
)
def test_a_wrong_list_imports_nothing(browse, recorder, dbsession, titles, status, words):
    before = dbsession.scalar(select(func.count()).select_from(PostRow))
    assert words in browse("alice").send(IMPORT, titles=titles, status=status).text
    assert recorder.heard == []
    assert dbsession.scalar(select(func.count()).select_from(PostRow)) == before


def test_the_form_is_reached_from_the_thread_by_administrators_alone(browse):
    assert f'href="{IMPORT}"' in browse("alice").read("/threads/acme-product").text
    assert browse("alice").read(IMPORT).html.select_one("label[for=titles]")
    bob = browse("bob")
    assert IMPORT not in bob.read("/threads/acme-product").text
    bob.read(IMPORT, status=403)
    bob.send(IMPORT, titles="x", status=403)
