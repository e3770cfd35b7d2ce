"""``cocoom-slack routes``: which channels are told of what."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.deployment import Deployment, locate
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import routes as routing
from cocoom_slack_plugin.notifications.kinds import CHANNEL_WORDS, PUBLICATIONS, SHARES
from cocoom_slack_plugin.notifications.route import GIVE_UP, RESEND, Effect, Route, flaws, tag_key
from cocoom_slack_plugin.notifications.route_text import in_words
from cocoom_slack_plugin.notifications.schedule import Every, Schedule
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.translations import LOCALES

Command = Callable[..., Any]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def conditions(command: Command) -> Command:
    """The options that say which events a rule means."""
    for option in reversed(
        [
            click.option(
                "--kind",
                "kinds",
                multiple=True,
                type=click.Choice(CHANNEL_WORDS),
                help="Publications and shares where none is given. May be repeated, like all conditions.",
            ),
            click.option(
                "--thread", "threads", multiple=True, metavar="ID", help="Of one of these threads of Cocoom."
            ),
            click.option(
                "--not-thread", "not_threads", multiple=True, metavar="ID", help="Of none of these."
            ),
            click.option("--tag", "tags", multiple=True, help="With one of these tags."),
            click.option("--not-tag", "not_tags", multiple=True, metavar="TAG", help="With none of these."),
            click.option(
                "--author",
                "authors",
                multiple=True,
                metavar="USER",
                help="By one of these people (id or e-mail).",
            ),
            click.option(
                "--not-author", "not_authors", multiple=True, metavar="USER", help="By none of these."
            ),
        ]
    ):
        command = option(command)
    return command


@click.group()
def routes() -> None:
    """Which channels are told of what, and of what nobody is told."""


@routes.command("add")
@click.argument("tenant")
@click.argument("channel")
@conditions
@click.option("--default", "is_default", is_flag=True, help="Only what no other route tells.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of the messages; else the tenant's.")
@click.option(
    "--on-doubt",
    type=click.Choice([each.replace("_", "-") for each in (RESEND, GIVE_UP)]),
    default=RESEND,
    show_default=True,
    help="When Slack's answer is lost: send the message again, which may double it, or not.",
)
@click.option(
    "--replies/--no-replies",
    default=True,
    help="Comments and edits under the post's message, or by themselves.",
)
@click.option("--broadcast", is_flag=True, help="Show such replies in the channel as well.")
@click.option(
    "--window",
    type=click.IntRange(0, 3600),
    default=0,
    metavar="SECONDS",
    help="Wait so long for more posts of the same person, and tell them together.",
)
@click.option(
    "--digest",
    type=click.Choice([each.value for each in Every]),
    help="Not at once, but together at a fixed time.",
)
@click.option(
    "--at", "hour", type=click.IntRange(0, 23), default=9, show_default=True, help="The digest's hour."
)
@click.option(
    "--on",
    "weekday",
    type=click.Choice(WEEKDAYS),
    default=WEEKDAYS[0],
    show_default=True,
    help="The weekly digest's day.",
)
@click.option("--timezone", help="Of the digest's hour, as in Europe/Paris; else the tenant's.")
@click.pass_obj
def add_route(
    deployment: Deployment,
    /,
    tenant: str,
    channel: str,
    is_default: bool,
    digest: str | None,
    hour: int,
    weekday: str,
    on_doubt: str,
    **given: Any,
) -> None:
    """Tell CHANNEL (id or link) of what happens in TENANT: all posts, or what the conditions say."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        new = Route(
            channel=credentials.channel_id(channel),
            effect=Effect.DEFAULT if is_default else Effect.TELL,
            digest=Schedule(Every(digest), hour, WEEKDAYS.index(weekday)) if digest else None,
            on_doubt=on_doubt.replace("-", "_"),
            **_conditions(runtime, base, dbsession, given),
            **given,
        )
        _add(dbsession, base, new)


@routes.command("mute")
@click.argument("tenant")
@click.option("--channel", help="Only in this channel (id or link); else nobody is told anywhere.")
@conditions
@click.pass_obj
def mute(deployment: Deployment, /, tenant: str, channel: str | None, **given: Any) -> None:
    """Never tell what the conditions say, whatever other routes of TENANT say."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        new = Route(
            channel=credentials.channel_id(channel) if channel else None,
            effect=Effect.MUTE,
            **_conditions(runtime, base, dbsession, given),
        )
        _add(dbsession, base, new)


@routes.command("list")
@click.argument("tenant")
@click.pass_obj
def list_routes(deployment: Deployment, tenant: str) -> None:
    """Show TENANT's routes with their numbers."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = routing.everything(dbsession, base.id)
    for each in found:
        click.echo(f"{each.number:>4}  {in_words(each)}")
    if not found:
        click.echo("no routes: posts and newcomers are told nowhere")


@routes.command("remove")
@click.argument("tenant")
@click.argument("number", type=int)
@click.pass_obj
def remove_route(deployment: Deployment, tenant: str, number: int) -> None:
    """Remove the route with this NUMBER."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        if not routing.remove(dbsession, base.id, number):
            raise click.ClickException(f"{base.subdomain} has no route {number}; `routes list` shows them")
    click.echo("removed")


def _add(dbsession: Session, base: Tenant, new: Route) -> None:
    if wrong := flaws(new):
        raise click.UsageError("; ".join(wrong))
    (added,) = routing.add(dbsession, base.id, new)
    click.echo(f"{base.subdomain}: {added.number}  {in_words(added)}")


def _conditions(runtime: Runtime, base: Tenant, dbsession: Session, given: dict[str, Any]) -> dict[str, Any]:
    """What the options say, taken out of ``given``."""
    who = functools.partial(_user_id, runtime, base, dbsession)
    found = {name: frozenset(given.pop(name)) for name in ("kinds", *routing.CONDITIONS)}
    found["kinds"] = found["kinds"] or frozenset({PUBLICATIONS, SHARES})
    for name, change in (("tags", tag_key), ("not_tags", tag_key), ("authors", who), ("not_authors", who)):
        found[name] = frozenset(map(change, found[name]))
    return found


def _user_id(runtime: Runtime, base: Tenant, dbsession: Session, user: str) -> str:
    """Of somebody named by id or e-mail."""
    if found := runtime.hooks.user_by_id(base, user, dbsession):
        return found.id
    by_email = runtime.hooks.users_by_email(base, user, dbsession)
    if len(by_email) != 1:
        raise click.ClickException(f"{base.subdomain}: nobody has the id or e-mail {user}")
    return by_email[0].id
