"""Amending: messages follow what becomes of the post that they tell of, one message for each claim of a lane.

A message is made anew from its notices as they are now, so that the newest state wins and doing it twice changes
nothing. What cannot be read any more is reduced to a line that says so (features.md row 54, D-3).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import InvalidEvent, SlackError, SlackRefused
from cocoom_slack_plugin.notifications.claims import Amended, Claim, Fate, Waiting
from cocoom_slack_plugin.notifications.decision import Act
from cocoom_slack_plugin.notifications.digest import Told, compose_message, in_words
from cocoom_slack_plugin.notifications.kinds import COMMENT_GONE
from cocoom_slack_plugin.notifications.telling import as_of_now
from cocoom_slack_plugin.notifications.verdict import Verdict, judge_preparation
from cocoom_slack_plugin.notifications.waiting import NEWER
from cocoom_slack_plugin.notifications.whereabouts import CARDS, REMARKS
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import Posted, SlackGateway
from cocoom_slack_plugin.slack_codes import FORM, NOT_EDITABLE, NOT_THERE

log = logging.getLogger(__name__)

Outcome = tuple[Verdict, list[Fate], Amended | None]


@dataclass(frozen=True, slots=True)
class Outdated:
    """A message that tells of the post, with its notices as they are now; ``is_last`` when no other one is left.

    ``upto`` is the last of the notices in this lane that ask for it and are met with it.
    """

    message_id: int
    posted: Posted
    told: Sequence[Told]
    upto: int
    is_last: bool


async def amend(runtime: Runtime, gateway: SlackGateway, token: SecretStr, waiting: Waiting) -> Outcome:
    """Bring the next message of this lane up to date that the notice asks for. Nothing is raised by Slack's answers."""
    outdated = await asyncio.to_thread(_read, runtime, waiting)
    if outdated is None:
        return Verdict(state="dropped"), [Fate(waiting.notice_id, "dropped", "nothing_to_amend")], None
    try:
        code = await _show(gateway, token, outdated)
    except SlackError as error:
        # Shown twice is shown once: there is no doubt here, and a limit is that of this method alone (slack.md D3).
        verdict = judge_preparation(error, waiting.claim.attempts)
        fates = [Fate(waiting.notice_id, verdict.state, verdict.code)] if verdict.state else []
        return verdict, fates, None
    state = "sent" if outdated.is_last else None
    fates = [Fate(waiting.notice_id, state, code if state else None)]
    return (
        Verdict(state="sent", posted=outdated.posted, called=True),
        fates,
        Amended(outdated.message_id, outdated.upto),
    )


async def _show(gateway: SlackGateway, token: SecretStr, outdated: Outdated) -> str | None:
    """Show the message as it should be now; take it back where that is forbidden and nothing of it is left to show.

    Returns Slack's word where nothing had to be done. Raises SlackError.
    """
    try:
        await _update(gateway, token, outdated)
    except SlackRefused as refused:
        if refused.code in NOT_THERE:
            return refused.code
        if refused.code not in NOT_EDITABLE or not all(each.gone for each in outdated.told):
            raise
        await gateway.delete(token, outdated.posted)
    return None


async def _update(gateway: SlackGateway, token: SecretStr, outdated: Outdated) -> None:
    try:
        await gateway.update(token, outdated.posted, compose_message(outdated.told))
    except SlackRefused as refused:
        if refused.code not in FORM:
            raise
        log.error("Slack does not take the form of a message: %s", refused)
        message, _ = in_words(outdated.told)
        await gateway.update(token, outdated.posted, message)


_MESSAGES = text("""
    SELECT DISTINCT m.id, m.channel, m.ts, (
        SELECT max(a.id) FROM cocoom_slack_event ae JOIN cocoom_slack_notice a ON a.event_pk = ae.id
        WHERE ae.tenant_id = later.tenant_id AND ae.post_id = later.post_id AND ae.kind = later.kind
              AND a.lane_id = :lane AND a.act = 'amend' AND a.state = 'waiting'
              AND (NOT :of_comment OR ae.payload #>> '{comment,id}' = later.payload #>> '{comment,id}')
    ) AS upto
    FROM cocoom_slack_event later
    JOIN cocoom_slack_event e ON e.tenant_id = later.tenant_id AND e.post_id = later.post_id AND e.id < later.id
    JOIN cocoom_slack_notice n ON n.event_pk = e.id AND n.lane_id = :lane AND n.act = 'tell'
    JOIN cocoom_slack_message m ON m.id = n.message_id AND m.outcome = 'sent' AND m.ts IS NOT NULL
         AND coalesce(m.amended_by, 0) < :notice
    WHERE later.id = (SELECT event_pk FROM cocoom_slack_notice WHERE id = :notice)
      AND e.kind = ANY(CAST(:kinds AS text[]))
      AND (NOT :of_comment OR e.payload #>> '{comment,id}' = later.payload #>> '{comment,id}')
    ORDER BY m.id LIMIT 2
""")

_NOTICES = text(f"""
    SELECT n.id, n.locale, n.on_doubt, n.broadcast, n.bundle, e.kind, CAST(e.payload AS text) AS payload,
           newer.kind AS newer_kind, newer.post AS newer_post
    FROM cocoom_slack_notice n
    JOIN cocoom_slack_event e ON e.id = n.event_pk
    LEFT JOIN LATERAL ({NEWER}) AS newer ON e.post_id IS NOT NULL
    WHERE n.message_id = :message AND n.act = 'tell' ORDER BY n.id
""")  # noqa: S608 - constants alone


def _read(runtime: Runtime, waiting: Waiting) -> Outdated | None:
    of_comment = waiting.kind in COMMENT_GONE
    kinds = REMARKS if of_comment else CARDS if waiting.kind == "publication_edited" else (*CARDS, *REMARKS)
    wanted = {"lane": waiting.claim.lane_id, "notice": waiting.notice_id, "kinds": list(kinds)}
    with transaction(runtime.hooks, waiting.claim.tenant_id) as dbsession:
        rows = dbsession.execute(_MESSAGES, {**wanted, "of_comment": of_comment}).all()
        for number, row in enumerate(rows):
            if told := _told(dbsession, waiting.claim, row.id):
                return Outdated(row.id, Posted(row.channel, row.ts), told, row.upto, number == len(rows) - 1)
    return None


def _told(dbsession: Session, claim: Claim, message_id: int) -> list[Told]:
    """Empty when this version cannot read one of the events: better an old message than one that lacks something."""
    rows = dbsession.execute(_NOTICES, {"message": message_id}).all()
    try:
        return [
            as_of_now(
                Waiting(
                    claim=claim,
                    notice_id=row.id,
                    locale=row.locale,
                    on_doubt=row.on_doubt,
                    act=Act.TELL,
                    broadcast=row.broadcast,
                    bundle=row.bundle,
                    kind=row.kind,
                    payload=row.payload,
                    newer_kind=row.newer_kind,
                    newer_post=row.newer_post,
                )
            )
            for row in rows
        ]
    except InvalidEvent:
        return []
