"""The ways of posting that are measured against each other, each in a process of its own.

``python -m bench.contenders NAME WORLD COUNT THREAD SETTINGS`` posts COUNT messages, into the channels of that thread,
and prints what that took as JSON. SETTINGS, as JSON, are changes of our own settings.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import Any

import aiohttp
from redis import Redis
from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from bench.world import World, conversations, publication, tenant, token
from cocoom_slack_plugin.notifications import worker
from cocoom_slack_plugin.notifications.drain import Drain
from cocoom_slack_plugin.notifications.render import render
from cocoom_slack_plugin.slack import SlackGateway

IN_FLIGHT = 256
PLAIN_QUEUE = "plain"


@dataclass(frozen=True)
class Task:
    """How many messages go into the channels of which thread, and with which settings ours posts them."""

    count: int = 0
    thread: str = "few"
    settings: dict[str, object] = field(default_factory=dict)


def content(tenant_number: int) -> dict[str, Any]:
    """What a publication's message consists of, so that every contender sends the same bytes."""
    base = tenant(tenant_number)
    message = render("publication_published", publication(tenant_number), base.locale)
    return {"text": message.text, "blocks": list(message.blocks), "metadata": dict(message.metadata or {})}


def bare(world: World, task: Task) -> None:
    """No queue at all: one asyncio loop, one shared HTTP session, slack_sdk's AsyncWebClient, 256 in flight."""
    asyncio.run(_bare(world, task))


async def _bare(world: World, task: Task) -> None:
    gate, targets = asyncio.Semaphore(IN_FLIGHT), conversations(task.thread)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        client = AsyncWebClient(base_url=f"{world.slack_url}/api/", session=http, retry_handlers=[])

        async def post(number: int) -> None:
            t, channel = targets[number % len(targets)]
            async with gate:
                body = {"channel": channel, **content(t)}
                headers = {"Authorization": f"Bearer {token(t)}"}
                await client.api_call("chat.postMessage", json=body, headers=headers)

        await asyncio.gather(*(post(number) for number in range(task.count)))


def ours(world: World, task: Task) -> None:
    """One drain of what waits in the tables; its events were recorded before."""
    asyncio.run(_ours(world, task))


async def _ours(world: World, task: Task) -> None:
    runtime = world.runtime(**task.settings)
    async with SlackGateway(runtime.settings) as gateway:
        await Drain(runtime, gateway, Flag()).run(runtime.settings.drain_budget)


def whole_worker(world: World, task: Task) -> None:
    """Our worker as the operator runs it, with its queue and its sweeper, until it is asked to stop."""
    worker.run(world.runtime(**task.settings))


def simple_worker(world: World, task: Task) -> None:
    """A job for each message, worked off in the worker's own process."""
    _work(world, SimpleWorker)


def forking_worker(world: World, task: Task) -> None:
    """A job for each message, each in a forked process: RQ's default."""
    _work(world, Worker)


def _work(world: World, kind: type[SimpleWorker | Worker]) -> None:
    connection = Redis.from_url(world.redis_url)
    queue = Queue(PLAIN_QUEUE, connection=connection, serializer=JSONSerializer)
    worker = kind([queue], connection=connection, serializer=JSONSerializer, log_job_description=False)
    worker.work(burst=True, logging_level="ERROR")


def enqueue(world: World, count: int) -> None:
    """Fill the queue for the two RQ contenders."""
    queue = Queue(PLAIN_QUEUE, connection=Redis.from_url(world.redis_url), serializer=JSONSerializer)
    targets = conversations("few")
    for number in range(count):
        t, channel = targets[number % len(targets)]
        queue.enqueue(post_one, world.slack_url, token(t), channel, content(t), result_ttl=0)


def post_one(slack_url: str, bot_token: str, channel: str, body: dict[str, Any]) -> None:
    """The plain RQ job: one message with slack_sdk's WebClient."""
    client = WebClient(token=bot_token, base_url=f"{slack_url}/api/", retry_handlers=[])
    client.chat_postMessage(channel=channel, **body)


CONTENDERS: dict[str, Callable[[World, Task], None]] = {
    "bare": bare,
    "ours": ours,
    "worker": whole_worker,
    "rq-simple": simple_worker,
    "rq-forking": forking_worker,
}


def main(name: str, world: str, count: str, thread: str, settings: str) -> None:
    task, work = Task(int(count), thread, json.loads(settings)), CONTENDERS[name]
    began, used = time.time(), _cpu_seconds()
    work(World.load(world), task)
    ended, cpu = time.time(), _cpu_seconds() - used
    print(json.dumps({"began": began, "ended": ended, "cpu": cpu, "peak_mib": _peak_mib()}))


def _cpu_seconds() -> float:
    """Used so far. What importing took is left out by the difference: it is not the price of a message."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak_mib() -> float:
    """The most memory that this process held. Linux counts its parent's into ``ru_maxrss``, but not into VmHWM."""
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(fields["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
