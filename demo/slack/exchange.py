"""One request and its answer: recorded, delayed, spoilt or simply done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from demo.slack.faults import Fault
from demo.slack.recorder import RecordedRequest
from demo.slack.reply import Reply
from demo.slack.slack import Slack
from demo.slack.spoiling import spoil


async def conduct(
    slack: Slack, request: web.Request, record: RecordedRequest, work: Callable[[], Reply]
) -> web.StreamResponse:
    """Every machine-to-machine address goes through here; ``work`` does what the request asks."""
    slack.recorder.started(record)
    if slack.settings.latency_ms:
        await asyncio.sleep(slack.settings.latency_ms / 1000)
    if slack.faults.standing:
        fault = slack.faults.take(lambda fault: _meant(slack, fault, record))
        if fault is not None:
            slack.recorder.answered(record, 0, f"fault:{fault.kind}")
            return await spoil(fault, request, work)
    reply = work()
    slack.recorder.answered(record, reply.status, reply.label)
    return reply.response()


def _meant(slack: Slack, fault: Fault, record: RecordedRequest) -> bool:
    return (
        fault.method in ("*", record.method)
        and fault.team in ("", record.team_id)
        and _app_meant(slack, fault.app, record.app_id)
        and (not fault.channel or _channel_meant(slack, fault.channel, record))
    )


def _app_meant(slack: Slack, wanted: str, app_id: str) -> bool:
    if not wanted:
        return True
    app = slack.world.apps.get(app_id)
    return app is not None and wanted in (app.id, app.client_id)


def _channel_meant(slack: Slack, wanted: str, record: RecordedRequest) -> bool:
    """The caller may have said id, name, ``U…`` or ``D…``: all mean the same conversation."""
    said = str(record.arguments.get("channel", ""))
    if said.removeprefix("#") == wanted:
        return True
    team = slack.world.teams.get(record.team_id)
    if team is None:
        return False
    channel = team.channels.get(said) or team.channel_named(said)
    if channel is not None:
        return wanted in (channel.id, channel.name, channel.user)
    opened = [direct for (_, user_id), direct in team.direct_messages.items() if user_id == said]
    return wanted in opened
