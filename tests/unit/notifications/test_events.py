"""What a host tells is checked when it is told, kept as JSON and read back as it was (security.md B26-B30)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cocoom_hooks import event_types
from cocoom_hooks.payloads import (
    CollaboratorEvent,
    CommentEvent,
    CommentModerated,
    Event,
    ModerationAction,
    PostEdited,
    PostEvent,
    PostModerated,
    Role,
    TenantEvent,
    Thread,
    ThreadEvent,
    UserStatus,
)
from cocoom_slack_plugin.errors import InvalidEvent
from cocoom_slack_plugin.notifications.events import (
    PAYLOADS,
    Cause,
    ConnectionTested,
    NoticesSummarised,
    dump,
    load,
)
from cocoom_slack_plugin.testing import envelope, make_comment, make_post, make_tenant, make_user

ACME = make_tenant()
BOB = make_user("bob", role=Role.ADMINISTRATOR, status=UserStatus.INVITED, locale="fr", avatar_url="x")
POST = make_post(ACME, BOB, tags=("a", "b"), subtitle="s", template="poll", image_url="i")
COMMENT = make_comment(ACME, BOB, excerpt="x")
THREAD = Thread(id="general", name="general", url=f"{ACME.url}/threads/general", color="#000000")
EXTRA: dict[type[Event], dict[str, Any]] = {
    PostEvent: {"post": POST},
    PostEdited: {"post": POST, "changed_fields": ("title", "tags")},
    PostModerated: {"post": POST, "action": ModerationAction.UNPUBLISHED, "reason": "r"},
    CommentEvent: {"post": POST, "comment": COMMENT},
    CommentModerated: {"post": POST, "comment": COMMENT, "reason": None},
    CollaboratorEvent: {"collaborator": BOB},
    ThreadEvent: {"thread": THREAD, "changed_fields": ("name",)},
    TenantEvent: {},
    ConnectionTested: {"channel": "C0NEWS"},
    NoticesSummarised: {
        "conversation": "@bob",
        "locale": "fr",
        "counts": {"share_published": 2, "comment_added": 1},
        "since": datetime(2026, 1, 2, 9, 30, tzinfo=UTC),
        "until": datetime(2026, 1, 3, tzinfo=UTC),
        "addressee": BOB,
        "cause": Cause.BATCH,
    },
}


def _event(kind: str, **changes: Any) -> Any:
    payload = PAYLOADS[kind]
    return payload(**{**envelope(ACME, BOB), **EXTRA[payload], **changes})


def test_every_event_hook_has_a_payload_class() -> None:
    assert set(PAYLOADS) == {hook.removeprefix("cocoom_") for hook in event_types()} | {
        "connection_tested",
        "notices_summarised",
    }


@pytest.mark.parametrize("kind", sorted(PAYLOADS))
def test_every_payload_is_read_back_as_it_was(kind: str) -> None:
    event = _event(kind)
    loaded = load(kind, json.loads(dump(kind, event)))
    assert loaded == event
    assert type(loaded) is type(event)


def test_a_time_keeps_its_instant() -> None:
    when = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    event = _event("tenant_removed", occurred_at=when)
    assert load("tenant_removed", json.loads(dump("tenant_removed", event))).occurred_at == when


def _refusal(kind: str, event: Any) -> InvalidEvent:
    with pytest.raises(InvalidEvent) as caught:
        dump(kind, event)
    assert caught.value.kind == kind
    assert str(caught.value).startswith(f"{kind}: {caught.value.field}: ")
    return caught.value


PUBLISHED = "publication_published"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "post.title"),
        ({"title": 5}, "post.title"),
        ({"author": None}, "post.author"),
        ({"url": None}, "post.url"),
        ({"tags": [1]}, "post.tags.0"),
        ({"published_at": "yesterday"}, "post.published_at"),
        ({"kind": "essay"}, "post.kind"),
        ({"thread": None}, "post.thread"),
        ({"author": replace(BOB, email=None)}, "post.author.email"),  # type: ignore[arg-type]
        ({"author": replace(BOB, role="king")}, "post.author.role"),  # type: ignore[arg-type]
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_its_path(change: dict[str, Any], field: str) -> None:
    """B27"""
    refusal = _refusal(PUBLISHED, _event(PUBLISHED, post=replace(POST, **change)))
    assert refusal.field in (field, "payload")


@pytest.mark.parametrize(
    "change", [{"event_id": ""}, {"tenant": replace(ACME, id="")}, {"tenant": replace(ACME, url="")}]
)
def test_what_everything_hangs_on_must_not_be_empty(change: dict[str, Any]) -> None:
    (name,) = change
    field = "event_id" if name == "event_id" else "tenant.id" if change["tenant"].id == "" else "tenant.url"
    assert _refusal(PUBLISHED, _event(PUBLISHED, **change)).field == field


def test_a_time_without_a_zone_is_refused() -> None:
    refusal = _refusal(PUBLISHED, _event(PUBLISHED, occurred_at=datetime(2026, 1, 1)))
    assert refusal.field == "occurred_at"


LINKS = [
    "javascript:alert(1)",
    "data:text/html,x",
    "//acme.cocoom.test/x",
    "/posts/p1",
    "",
    "http://acme.cocoom.test/x",
    "https://acme.cocoom.test.evil.test/x",
    "https://evil.test/https://acme.cocoom.test",
    "https://acme.cocoom.test@evil.test/x",
    "https://acme.cocoom.test\\@evil.test/x",
    "https://acme.cocoom.test:8443/x",
    "https://globex.cocoom.test/x",
    "https://[",
]


@pytest.mark.parametrize("url", LINKS)
@pytest.mark.parametrize("field", ["post.url", "post.thread.url", "comment.url"])
def test_a_link_that_leads_elsewhere_is_refused(url: str, field: str) -> None:
    """B29"""
    changes = {
        "post.url": {"post": replace(POST, url=url)},
        "post.thread.url": {"post": replace(POST, thread=replace(THREAD, url=url))},
        "comment.url": {"comment": replace(COMMENT, url=url)},
    }
    assert _refusal("comment_added", _event("comment_added", **changes[field])).field == field


@pytest.mark.parametrize("text", ["nul \x00 nul", "lone \ud800 surrogate"])
def test_text_that_no_database_takes_is_refused_before_it_gets_there(text: str) -> None:
    """In the database it would fail the host's own transaction."""
    for post in (replace(POST, title=text), replace(POST, tags=(text,)), replace(POST, subtitle=text)):
        _refusal(PUBLISHED, _event(PUBLISHED, post=post))
    for change in ({"event_id": text}, {"tenant": replace(ACME, id=text)}):
        _refusal(PUBLISHED, _event(PUBLISHED, **change))


@pytest.mark.parametrize("text", ["\\u0000", "a \\\\u0000 b", '"\\u0000"', "\\"])
def test_text_that_only_spells_nul_is_taken(text: str) -> None:
    event = _event(PUBLISHED, post=replace(POST, title=text))
    assert load(PUBLISHED, json.loads(dump(PUBLISHED, event))) == event


def test_a_payload_of_another_hook_is_refused() -> None:
    """B26"""
    _refusal("comment_added", _event(PUBLISHED))
    _refusal(PUBLISHED, "not even an event")


def test_an_unknown_kind_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        dump("publication_read", _event(PUBLISHED))


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, "x", {"post": {}}, {"tenant": None}, json.loads('{"event_id": "e1", "actor": 5}')],
)
def test_a_stored_payload_of_another_version_is_unreadable(payload: object) -> None:
    with pytest.raises(InvalidEvent, match="publication_published: payload: unreadable"):
        load(PUBLISHED, payload)
    with pytest.raises(InvalidEvent, match="from_a_newer_version: payload: unreadable"):
        load("from_a_newer_version", payload)


def test_a_newer_versions_additional_fields_do_no_harm() -> None:
    stored = json.loads(dump(PUBLISHED, _event(PUBLISHED)))
    stored |= {"mood": "good"}
    stored["post"]["reading_minutes"] = 3
    assert isinstance(load(PUBLISHED, stored), PostEvent)


def test_refusals_do_not_repeat_what_was_told() -> None:
    event = _event(PUBLISHED, occurred_at=datetime.now(UTC), post=replace(POST, title=["hush"]))
    assert "hush" not in str(_refusal(PUBLISHED, event))
