"""``cocoom-slack routes``: which channels are told of what."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands import route_options as options
from cocoom_slack_plugin.commands.deployment import Deployment, actor, locate
from cocoom_slack_plugin.commands.route_files import export_routes, import_routes
from cocoom_slack_plugin.commands.route_preview import rehearse, show
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import route_changes as changing
from cocoom_slack_plugin.notifications import routes as routing
from cocoom_slack_plugin.notifications.route import Route
from cocoom_slack_plugin.notifications.route_changes import Change
from cocoom_slack_plugin.notifications.route_file import entry
from cocoom_slack_plugin.notifications.route_text import in_words
from cocoom_slack_plugin.notifications.sightings import unseen
from cocoom_slack_plugin.runtime import Runtime

NUMBER = click.IntRange(1, 2**63 - 1)


@click.group()
def routes() -> None:
    """Which channels are told of what, and of what nobody is told."""


@routes.command("add")
@click.argument("tenant")
@click.argument("channel")
@options.conditions
@options.mode
@options.dry_run_option
@options.days_option
@options.json_option
@click.pass_obj
def add_route(deployment: Deployment, /, tenant: str, channel: str, **given: Any) -> None:
    """Tell CHANNEL (id or link) of what happens in TENANT: all posts, or what the conditions say."""
    runtime, base = locate(deployment, tenant)
    rehearsal = _rehearsal(given)
    with transaction(runtime.hooks) as dbsession:
        new = options.telling(runtime, base, dbsession, channel, given)
        _add(runtime, base, dbsession, new, **rehearsal)


@routes.command("mute")
@click.argument("tenant")
@click.option("--channel", help="Only in this channel (id or link); else nobody is told anywhere.")
@options.conditions
@options.dry_run_option
@options.days_option
@options.json_option
@click.pass_obj
def mute(deployment: Deployment, /, tenant: str, channel: str | None, **given: Any) -> None:
    """Never tell what the conditions say, whatever other routes of TENANT say."""
    runtime, base = locate(deployment, tenant)
    rehearsal = _rehearsal(given)
    with transaction(runtime.hooks) as dbsession:
        new = options.muting(runtime, base, dbsession, channel, given)
        _add(runtime, base, dbsession, new, **rehearsal)


@routes.command("list")
@click.argument("tenant")
@options.json_option
@click.pass_obj
def list_routes(deployment: Deployment, tenant: str, as_json: bool) -> None:
    """Show TENANT's routes with their numbers, the oldest first: of several for one channel that one tells."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = routing.everything(dbsession, base.id)
    if as_json:
        listed = [{"number": each.number, "says": in_words(each), **entry(each)} for each in found]
        click.echo(json.dumps({"routes": listed}, ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(f"{each.number:>4}  {in_words(each)}")
    if not found:
        click.echo("no routes: posts and newcomers are told nowhere")


@routes.command("remove")
@click.argument("tenant")
@click.argument("number", type=NUMBER)
@click.pass_obj
def remove_route(deployment: Deployment, tenant: str, number: int) -> None:
    """Remove the route with this NUMBER."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        routing.lock(dbsession, base.id)
        found = _numbered(dbsession, base, number)
        changing.carry_out(dbsession, base.id, [Change(found, None)], actor())
    click.echo(f"{base.subdomain}: removed {number}  {in_words(found)}")


@routes.command("preview")
@click.argument("tenant")
@click.argument("number", type=NUMBER)
@options.days_option
@options.json_option
@click.pass_obj
def preview(deployment: Deployment, tenant: str, number: int, days: int, as_json: bool) -> None:
    """Show what the route with this NUMBER would have done with what was recorded of TENANT."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = _numbered(dbsession, base, number)
        show(rehearse(runtime, base, dbsession, found, days), as_json)


routes.add_command(export_routes)
routes.add_command(import_routes)


def _rehearsal(given: dict[str, Any]) -> dict[str, Any]:
    taken = {name: given.pop(name) for name in ("dry_run", "days", "as_json")}
    if taken["as_json"] and not taken["dry_run"]:
        raise click.UsageError("--json is for --dry-run")
    return taken


def _add(
    runtime: Runtime,
    base: Tenant,
    dbsession: Session,
    new: Route,
    *,
    dry_run: bool,
    days: int,
    as_json: bool,
) -> None:
    if dry_run:
        show(rehearse(runtime, base, dbsession, new, days), as_json)
        return
    routing.lock(dbsession, base.id)
    there = routing.everything(dbsession, base.id)
    made = changing.plan(there, [new], replaces=False)
    (added,) = [each.after for each in changing.carry_out(dbsession, base.id, made.changes, actor())] or [
        each for each in there if each.meaning == new.meaning
    ]
    assert added is not None
    click.echo(f"{base.subdomain}: {added.number}  {in_words(added)}")
    for note in unseen(dbsession, base.id, [added]):
        click.echo(f"note: {note}")


def _numbered(dbsession: Session, base: Tenant, number: int) -> Route:
    for each in routing.everything(dbsession, base.id):
        if each.number == number:
            return each
    raise click.ClickException(f"{base.subdomain} has no route {number}; `routes list` shows them")
