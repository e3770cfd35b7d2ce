"""The RQ job. It takes no arguments: what there is to do stands in the tables."""

from __future__ import annotations

import asyncio
from threading import Event as Flag

from cocoom_slack_plugin.errors import ConfigurationError
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.notifications.drain import Drain
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway


class Desk:
    """What the job needs and RQ cannot hand to it: set once by the process that runs the worker."""

    runtime: Runtime | None = None
    doorbell: Doorbell | None = None
    stop = Flag()


def deliver() -> None:
    """Deliver until nothing is due or the time budget is used; ring again when something is left."""
    runtime, doorbell = Desk.runtime, Desk.doorbell
    if runtime is None or doorbell is None:
        raise ConfigurationError(["this queue is served by `cocoom-slack worker`, not by a bare `rq worker`"])
    doorbell.answer()
    if asyncio.run(_deliver(runtime)):
        doorbell.ring()


async def _deliver(runtime: Runtime) -> bool:
    async with SlackGateway(runtime.settings) as gateway:
        return await Drain(runtime, gateway, Desk.stop).run(runtime.settings.drain_budget)
