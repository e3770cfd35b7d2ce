"""Every message there is, made of what could happen at acme: for the gallery, and for the golden files of the tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cocoom_hooks.payloads import (
    CollaboratorEvent,
    Comment,
    CommentEvent,
    CommentModerated,
    Event,
    ModerationAction,
    Post,
    PostEdited,
    PostEvent,
    PostKind,
    PostModerated,
    Role,
    Tenant,
    Thread,
    User,
)
from cocoom_slack_plugin.notifications.decision import QUIET
from cocoom_slack_plugin.notifications.digest import Told, compose_message
from cocoom_slack_plugin.notifications.events import (
    CONNECTION_TESTED,
    NOTICES_SUMMARISED,
    Cause,
    ConnectionTested,
    NoticesSummarised,
)
from cocoom_slack_plugin.slack import Message

HERE = "https://acme.cocoom.com"
ACME = Tenant(id="t-acme", subdomain="acme", name="Acme", url=HERE, timezone="Europe/Paris")
DAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def _user(name: str, role: Role = Role.CONTRIBUTOR) -> User:
    word = name.split()[0].lower()
    return User(id=word, email=f"{word}@acme.example", display_name=name, role=role)


ALICE = _user("Alice Martin", Role.ADMINISTRATOR)
BOB, CHLOE = _user("Bob Leroy"), _user("Chloé Dubois")
PUMPS = Thread(id="pumps", name="Pumps & valves", url=f"{HERE}/threads/pumps")
GUIDE = Post(
    id="12",
    kind=PostKind.PUBLICATION,
    title="Changing a valve seat without emptying the line",
    subtitle="Half a day saved on each visit, and what to watch out for",
    url=f"{HERE}/posts/12",
    thread=PUMPS,
    author=BOB,
    published_at=DAY,
    tags=("maintenance", "safety"),
)
LINK = replace(
    GUIDE,
    id="13",
    kind=PostKind.SHARE,
    title="ISO 4126, new edition",
    subtitle=None,
    url=f"{HERE}/posts/13",
    tags=(),
)
WORDS = "Works on the DN 50 too. Mind the second gasket: it looks like the first one, and is not."
COMMENT = Comment(id="c1", author=CHLOE, url=f"{HERE}/posts/12#c1", created_at=DAY)
LONG = replace(
    GUIDE,
    title="What we learnt in ten years about pumps that nobody looks after: " + "one by one, " * 20,
    subtitle="With pictures, drawings, measured values and an index of everybody who was there. " * 6,
    tags=tuple(f"a tag that is number {number}" for number in range(12)),
)
HOSTILE = "<!channel> *look* <https://evil.example|here> :tada: `x` @here {author} \u202egnp.exe &amp;"
EVIL = replace(
    GUIDE,
    title=HOSTILE,
    subtitle=HOSTILE,
    thread=replace(PUMPS, name=HOSTILE),
    author=replace(BOB, display_name=HOSTILE),
    tags=(HOSTILE, "<@U0ALICE>"),
)


@dataclass(frozen=True)
class Sample:
    """A message by its name: the kind of its event, or ``digest``, and behind a dash what is special about it."""

    name: str
    told: tuple[Told, ...]

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]

    @property
    def personal(self) -> bool:
        """Whether a person gets it, and not a channel."""
        return self.told[0].personal

    @property
    def message(self) -> Message:
        return compose_message(self.told)


def samples(locale: str) -> list[Sample]:
    """Each once, in one of the LOCALES: what channels get, what people get, what stands for several, what is odd."""
    alone = [*_to_channels(), *_to_people(), *_summaries(), *_odd()]
    return [*(_sample(locale, *each) for each in alone), *_digests(locale)]


Act = tuple[str, Event, dict[str, Any]]
TO_A_CHANNEL, GONE = {"personal": False}, {"personal": False, "gone": True}


def _to_channels() -> list[Act]:
    commented = CommentEvent(**_by(CHLOE), post=GUIDE, comment=replace(COMMENT, excerpt=WORDS))
    return [
        ("publication_published", PostEvent(**_by(BOB), post=GUIDE), TO_A_CHANNEL),
        ("share_published", PostEvent(**_by(BOB), post=LINK), TO_A_CHANNEL),
        ("collaborator_joined", CollaboratorEvent(**_by(None), collaborator=CHLOE), TO_A_CHANNEL),
        ("comment_added-channel", commented, TO_A_CHANNEL),
        ("publication_edited-channel", PostEdited(**_by(BOB), post=GUIDE), TO_A_CHANNEL),
        ("publication_published-gone", PostEvent(**_by(BOB), post=GUIDE), GONE),
        ("comment_added-gone", commented, GONE),
        (CONNECTION_TESTED, ConnectionTested(**_by(None), channel="C0NEWS"), TO_A_CHANNEL),
    ]


def _to_people() -> list[Act]:
    deleted, unpublished = ModerationAction.DELETED, ModerationAction.UNPUBLISHED
    why = "Drawings of customers are not ours to show."
    removed = CommentModerated(**_by(ALICE), post=GUIDE, comment=COMMENT, reason="Off topic")
    return [
        ("comment_added", CommentEvent(**_by(CHLOE), post=GUIDE, comment=COMMENT), {}),
        ("comment_moderated", removed, {}),
        ("publication_edited", PostEdited(**_by(ALICE), post=GUIDE), {}),
        (
            "publication_moderated",
            PostModerated(**_by(ALICE), post=GUIDE, action=unpublished, reason=why),
            {},
        ),
        ("share_moderated", PostModerated(**_by(ALICE), post=LINK, action=deleted), {}),
    ]


def _summaries() -> list[Act]:
    of_channel = {"publication_published": 4, "share_published": 9, "collaborator_joined": 1}
    of_person = {"comment_added": 3, "comment_moderated": 1, "publication_edited": 2}
    imported = {"publication_published": 1248, "comment_added": 310}
    return [
        (NOTICES_SUMMARISED, _summary(None, "C0NEWS", of_channel), TO_A_CHANNEL),
        (f"{NOTICES_SUMMARISED}-person", _summary(None, "@bob", of_person, addressee=BOB), {}),
        (f"{NOTICES_SUMMARISED}-batch", _summary(None, "C0NEWS", imported, cause=Cause.BATCH), TO_A_CHANNEL),
        (
            f"{NOTICES_SUMMARISED}-batch-by",
            _summary(ALICE, "C0NEWS", imported, cause=Cause.BATCH),
            TO_A_CHANNEL,
        ),
    ]


def _odd() -> list[Act]:
    return [
        ("publication_published-long", PostEvent(**_by(BOB), post=LONG), TO_A_CHANNEL),
        ("publication_published-hostile", PostEvent(**_by(BOB), post=EVIL), TO_A_CHANNEL),
    ]


def _digests(locale: str) -> list[Sample]:
    together, held = _together(), _to_people()[:4]
    return [
        Sample("digest", _all_told("digest", together, locale)),
        Sample(
            "digest-held",
            tuple(replace(each, bundle=QUIET) for each in _all_told("digest-held", held, locale)),
        ),
        Sample("digest-edits", _all_told("digest-edits", [held[2]] * 7, locale)),
    ]


def _together() -> list[Act]:
    edit = ("publication_edited", PostEdited(**_by(BOB), post=GUIDE), TO_A_CHANNEL)
    published, share, joined, *_ = _to_channels()
    gone = ("share_published", share[1], GONE)
    return [published, edit, joined, edit, gone, share, edit]


def _summary(
    actor: User | None, conversation: str, counts: dict[str, int], **fields: Any
) -> NoticesSummarised:
    span = {"since": DAY, "until": DAY.replace(day=3)}
    known = {**_by(actor), **span, "conversation": conversation, "locale": "en", "counts": counts}
    return NoticesSummarised(**{**known, **fields})


def _by(actor: User | None) -> dict[str, Any]:
    return {"tenant": ACME, "event_id": "", "occurred_at": DAY, "actor": actor}


def _sample(locale: str, name: str, event: Event, how: dict[str, Any]) -> Sample:
    return Sample(name, (_told(name, event, locale, how),))


def _all_told(name: str, acts: list[Act], locale: str) -> tuple[Told, ...]:
    return tuple(
        replace(_told(f"{kind}-{name}-{number}", event, locale, how), notice_id=number)
        for number, (kind, event, how) in enumerate(acts)
    )


def _told(name: str, event: Event, locale: str, how: dict[str, Any]) -> Told:
    """The event's key says in which language it is told, so that each message has a key of its own."""
    keyed = replace(event, event_id=f"{name}-{locale}")
    return Told(notice_id=0, kind=name.partition("-")[0], event=keyed, locale=locale, **how)
