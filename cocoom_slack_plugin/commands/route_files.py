"""``cocoom-slack routes export`` and ``import``: a tenant's routes as a file to keep, compare and carry over."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import click

from cocoom_slack_plugin.commands.counting import counted
from cocoom_slack_plugin.commands.deployment import Deployment, actor, locate
from cocoom_slack_plugin.commands.route_options import user_id
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import route_changes as changing
from cocoom_slack_plugin.notifications import routes as routing
from cocoom_slack_plugin.notifications.route_changes import Change, Plan
from cocoom_slack_plugin.notifications.route_file import dumped, parsed
from cocoom_slack_plugin.notifications.route_text import in_words
from cocoom_slack_plugin.notifications.sightings import unseen

STANDARD = "-"
LARGEST = 10 * 1024 * 1024


@click.command("export")
@click.argument("tenant")
@click.argument("file", default=STANDARD)
@click.pass_obj
def export_routes(deployment: Deployment, tenant: str, file: str) -> None:
    """Write TENANT's routes as JSON to FILE, or to standard output."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = routing.everything(dbsession, base.id)
    if file == STANDARD:
        click.echo(dumped(found), nl=False)
        return
    try:
        Path(file).write_text(dumped(found), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"{base.subdomain}: {counted(len(found), 'route')} written to {file}")


@click.command("import")
@click.argument("tenant")
@click.argument("file")
@click.option("--replace", "replaces", is_flag=True, help="Remove the routes that the file does not have.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.pass_obj
def import_routes(deployment: Deployment, tenant: str, file: str, replaces: bool, dry_run: bool) -> None:
    """Add the routes of FILE (- is standard input) to TENANT's: all of them, or none where one is wrong.

    One that is there already keeps its number and takes over the file's language and mode.
    """
    written = _read(file)
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        wanted = parsed(written, functools.partial(user_id, runtime, base, dbsession))
        routing.lock(dbsession, base.id)
        plan = changing.plan(routing.everything(dbsession, base.id), wanted, replaces=replaces)
        changes = plan.changes
        if not dry_run:
            changes = changing.carry_out(dbsession, base.id, plan.changes, actor())
        notes = unseen(dbsession, base.id, wanted)
    for each in changes:
        for line in _lines(each):
            click.echo(line)
    click.echo(_total(base.subdomain, plan, dry_run))
    for note in notes:
        click.echo(f"note: {note}")


def _read(file: str) -> bytes:
    try:
        written = sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from None
    if len(written) > LARGEST:
        raise click.ClickException(
            f"{file} is larger than {LARGEST // 1024 // 1024} MB: that is no routes file"
        )
    return written


def _lines(change: Change) -> list[str]:
    if change.before and change.after:
        number = f"{change.after.number:>4}"
        return [f"-{number}  {in_words(change.before)}", f"+{number}  {in_words(change.after)}"]
    one, mark = (change.after, "+") if change.after else (change.before, "-")
    assert one is not None
    return [f"{mark}{one.number or 'new':>4}  {in_words(one)}"]


def _total(name: str, plan: Plan, dry_run: bool) -> str:
    counts = [
        (sum(each.before is None for each in plan.changes), "added"),
        (sum(bool(each.before and each.after) for each in plan.changes), "changed"),
        (sum(each.after is None for each in plan.changes), "removed"),
        (len(plan.unchanged), "left as they are"),
    ]
    would = " (dry run: nothing was stored)" if dry_run else ""
    return f"{name}: {', '.join(f'{number} {word}' for number, word in counts)}{would}"
