"""``cocoom-slack``: connecting tenants and looking after them, for operators and support.

Secrets come from a prompt, from standard input or from the environment, never from an argument, which every user of
the machine could read in the process list.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.chores import Chore
from cocoom_slack_plugin.commands import (
    backlog,
    catch_up,
    connections,
    dead_letters,
    manifest,
    notifications,
    routes,
    why,
)
from cocoom_slack_plugin.commands.audit import audit as audit_command
from cocoom_slack_plugin.commands.deployment import Commands, Deployment
from cocoom_slack_plugin.commands.disconnecting import disconnect
from cocoom_slack_plugin.commands.login import login
from cocoom_slack_plugin.commands.people import people
from cocoom_slack_plugin.commands.resealing import rotate_keys
from cocoom_slack_plugin.commands.rotating import rotate
from cocoom_slack_plugin.login import leavers
from cocoom_slack_plugin.notifications import retention, worker
from cocoom_slack_plugin.runtime import Runtime

PURGE_SECONDS = 3600.0
LEAVERS_SECONDS = 60.0
"""How often it is looked whether somebody is due; how often each person is, is a setting."""


@click.group(cls=Commands)
@click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path),
    envvar="COCOOM_CONFIG",
    default="development.ini",
    show_default=True,
    help="The host's INI file.",
)
@click.version_option(package_name="cocoom-slack-plugin")
@click.pass_context
def main(ctx: click.Context, config: Path) -> None:
    """Connect Cocoom bases to Slack and look after the connections."""
    ctx.obj = Deployment(config)


def run(arguments: Sequence[str]) -> int:
    """The same for a host that adds this to its own command line. Returns the exit status."""
    try:
        main.main(list(arguments), prog_name="cocoom-slack")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@main.command()
def key() -> None:
    """Make a key for the setting cocoom_slack.encryption_keys."""
    click.echo(base64.b64encode(secrets.token_bytes(32)).decode())


@main.command("worker")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@click.pass_obj
def work(deployment: Deployment, burst: bool) -> None:
    """Deliver notifications until SIGTERM or Ctrl-C. Start as many as you like, on as many machines."""
    runtime = deployment.runtime
    click.echo(f"serving the queue {runtime.settings.queue}")
    worker.run(runtime, chores=_chores(runtime), burst=burst)


def _chores(runtime: Runtime) -> list[Chore]:
    keep = retention.Periods(runtime.settings.notice_days, runtime.settings.post_days)
    return [
        Chore("retention", PURGE_SECONDS, lambda stop: retention.purge(runtime.hooks, keep, stop)),
        Chore("leavers", LEAVERS_SECONDS, partial(leavers.check, runtime)),
        Chore(
            "purge", PURGE_SECONDS, lambda stop: audit.purge_old(runtime.hooks, runtime.settings.audit_days)
        ),
    ]


for command in (
    manifest.manifest,
    manifest.scopes,
    connections.connect,
    connections.status,
    disconnect,
    rotate,
    rotate_keys,
    audit_command,
    connections.enable,
    connections.disable,
    login,
    notifications.test,
    routes.routes,
    why.why,
    dead_letters.dead_letters,
    dead_letters.replay,
    catch_up.catch_up,
    people,
    backlog.backlog,
    backlog.metrics,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
