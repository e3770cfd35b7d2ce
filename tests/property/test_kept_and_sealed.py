"""What is kept is read back as it was: event payloads as JSON, secrets through the vault."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretBytes, SecretStr

from cocoom_hooks.payloads import (
    Comment,
    CommentModerated,
    ModerationAction,
    Post,
    PostEdited,
    PostKind,
    PostModerated,
    Role,
    Tenant,
    Thread,
    User,
    UserStatus,
)
from cocoom_slack_plugin.connections.vault import SecretKind, Vault
from cocoom_slack_plugin.errors import InvalidEvent, SecretUnreadable
from cocoom_slack_plugin.notifications.events import dump, load

HOME = "https://acme.cocoom.test"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
NAME = TEXT.filter(bool)
LINK = st.text("abcdefghijklmnop/-_?=&#%.é", max_size=30).map(lambda path: f"{HOME}/{path}")
WHEN = st.datetimes(
    datetime(1900, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
MAYBE = st.none() | TEXT
TENANT = st.builds(Tenant, id=NAME, subdomain=TEXT, name=TEXT, url=st.just(HOME), locale=TEXT)
USER = st.builds(
    User,
    id=TEXT,
    email=TEXT,
    display_name=TEXT,
    role=st.sampled_from(Role),
    status=st.sampled_from(UserStatus),
    locale=MAYBE,
    avatar_url=MAYBE,
    profile_url=MAYBE,
)
THREAD = st.builds(Thread, id=TEXT, name=TEXT, url=LINK, color=MAYBE)
POST = st.builds(
    Post,
    id=TEXT,
    kind=st.sampled_from(PostKind),
    title=TEXT,
    url=LINK,
    thread=THREAD,
    author=USER,
    published_at=WHEN,
    subtitle=MAYBE,
    template=MAYBE,
    image_url=MAYBE,
    tags=st.lists(TEXT, max_size=3).map(tuple),
)
COMMENT = st.builds(Comment, id=TEXT, author=USER, url=LINK, created_at=WHEN, excerpt=MAYBE)
TOLD: dict[str, Any] = {"tenant": TENANT, "event_id": NAME, "occurred_at": WHEN, "actor": st.none() | USER}
EVENTS = {
    "publication_edited": st.builds(
        PostEdited, **TOLD, post=POST, changed_fields=st.lists(TEXT, max_size=3).map(tuple)
    ),
    "share_moderated": st.builds(
        PostModerated, **TOLD, post=POST, action=st.sampled_from(ModerationAction), reason=MAYBE
    ),
    "comment_moderated": st.builds(CommentModerated, **TOLD, post=POST, comment=COMMENT, reason=MAYBE),
}


@pytest.mark.parametrize("kind", EVENTS)
@given(data=st.data())
def test_every_payload_is_read_back_as_it_was(kind: str, data: st.DataObject) -> None:
    event = data.draw(EVENTS[kind])
    assert load(kind, json.loads(dump(kind, event))) == event


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(kind=st.sampled_from(sorted(EVENTS)) | st.text(max_size=10), payload=JSON)
def test_whatever_is_stored_reading_it_gives_an_event_or_the_one_error(kind: str, payload: object) -> None:
    with pytest.raises(InvalidEvent):
        load(kind, payload)


KEY = st.binary(min_size=32, max_size=32).map(SecretBytes)
SECRET = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(SecretStr)
KIND = st.sampled_from(SecretKind)


@given(key=KEY, secret=SECRET, tenant=st.text(st.characters(exclude_categories=["Cs"])), kind=KIND)
def test_every_secret_opens_at_its_place(
    key: SecretBytes, secret: SecretStr, tenant: str, kind: SecretKind
) -> None:
    vault = Vault({"one": key})
    sealed = vault.seal(secret, tenant, kind)
    assert sealed.isascii()
    assert vault.open(sealed, tenant, kind) == secret


@given(key=KEY, here=st.tuples(st.text(), KIND), there=st.tuples(st.text(), KIND))
def test_no_secret_opens_at_another_place(
    key: SecretBytes, here: tuple[str, SecretKind], there: tuple[str, SecretKind]
) -> None:
    assume(here != there)
    vault = Vault({"one": key})
    sealed = vault.seal(SecretStr("demo"), *here)
    with pytest.raises(SecretUnreadable):
        vault.open(sealed, *there)


@given(stored=st.text() | st.text().map(lambda rest: f"v1.one.{rest}"))
def test_nothing_stored_opens_that_was_not_sealed(stored: str) -> None:
    vault = Vault({"one": SecretBytes(bytes(32))})
    with pytest.raises(SecretUnreadable):
        vault.open(stored, "t-acme", SecretKind.BOT_TOKEN)


def test_times_are_compared_as_instants() -> None:
    """What the round trip relies on."""
    paris = timezone(timedelta(hours=1))
    assert datetime(2026, 1, 1, 1, tzinfo=paris) == datetime(2026, 1, 1, tzinfo=UTC)
