"""``cocoom-slack rotate-keys``: every stored secret is sealed with the first key of the ring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.deployment import Deployment, actor, console
from cocoom_slack_plugin.connections import resealing
from cocoom_slack_plugin.connections.resealing import Tally
from cocoom_slack_plugin.connections.vault import Vault
from cocoom_slack_plugin.database import transaction

SETTING = "cocoom_slack.encryption_keys"


class _Shown(Protocol):
    def __call__(self, done: int) -> None: ...


@click.command("rotate-keys")
@click.option("--dry-run", is_flag=True, help="Open everything, change nothing.")
@click.pass_obj
def rotate_keys(deployment: Deployment, dry_run: bool) -> None:
    """Seal every stored secret with the first key of cocoom_slack.encryption_keys.

    Runs beside workers and hosts, and may be interrupted and repeated. First give all of them the new ring, the new key
    on top and the old ones below it. Ends with status 1 when a secret cannot be opened.
    """
    runtime = deployment.runtime
    with transaction(runtime.hooks) as dbsession:
        total = sum(resealing.in_use(dbsession).values())
    tally = Tally()
    with _progress(total) as shown:
        for tally in resealing.reseal(runtime.hooks, runtime.vault, actor(), dry_run=dry_run):
            shown(done=tally.seen)
    with transaction(runtime.hooks) as dbsession:
        in_use = resealing.in_use(dbsession)
    _report(tally, runtime.vault, in_use, dry_run)
    if tally.unreadable:
        raise SystemExit(1)


@contextmanager
def _progress(total: int) -> Iterator[_Shown]:
    """A bar on a terminal, else a line for each page."""
    if not console.is_terminal:
        yield lambda done: click.echo(f"{done} of {counted(total, 'secret')}")
        return
    columns = (TextColumn("secrets"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("secrets", total=total)
        yield lambda done: bar.update(task, completed=done)


def _report(tally: Tally, vault: Vault, in_use: dict[str, int], dry_run: bool) -> None:
    active = vault.active_key_id
    verb = "would be" if dry_run else "were"
    click.echo(
        f"{counted(tally.resealed, 'secret')} of {tally.seen} {verb} sealed anew with the key {active}"
    )
    if tally.overtaken:
        click.echo(f"{counted(tally.overtaken, 'secret')} were saved by somebody else meanwhile")
    for each in tally.unreadable:
        kind = each.kind.replace("_", " ")
        click.echo(
            f"cannot be opened: the {kind} of {each.tenant_id}, sealed with the key {each.key_id!r}: put that key back "
            f"into {SETTING}, or connect the base again"
        )
    if not dry_run:
        _say_what_may_go([key for key in vault.key_ids if key != active], in_use)


def _say_what_may_go(old: list[str], in_use: dict[str, int]) -> None:
    for key in old:
        if key in in_use:
            click.echo(
                f"the key {key} is still needed, for {counted(in_use[key], 'secret')}: repeat this command"
            )
    if free := [key for key in old if key not in in_use]:
        click.echo(
            f"no secret needs {', '.join(free)} any more: remove from {SETTING} once every host and worker runs with "
            "this ring; backups of the database still need the old keys"
        )
