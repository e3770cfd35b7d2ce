"""What the options of ``cocoom-slack routes add`` and ``mute`` are, and the route that they say."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.notifications.kinds import CHANNEL_WORDS
from cocoom_slack_plugin.notifications.route import (
    GIVE_UP,
    LONGEST_WINDOW,
    POSTS,
    RESEND,
    Effect,
    Route,
    flaws,
    tag_key,
)
from cocoom_slack_plugin.notifications.routes import CONDITIONS
from cocoom_slack_plugin.notifications.schedule import Every, Schedule
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.translations import LOCALES

Command = Callable[..., Any]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Store nothing; show what this would have done with what was recorded."
)
days_option = click.option(
    "--days",
    type=click.IntRange(1),
    default=14,
    show_default=True,
    help="How many days back a dry run looks, at most as many as records are kept (notice_days).",
)

_CONDITIONS = (
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
    click.option("--not-thread", "not_threads", multiple=True, metavar="ID", help="Of none of these."),
    click.option("--tag", "tags", multiple=True, help="With one of these tags."),
    click.option("--not-tag", "not_tags", multiple=True, metavar="TAG", help="With none of these."),
    click.option(
        "--author", "authors", multiple=True, metavar="USER", help="By one of these people (id or e-mail)."
    ),
    click.option("--not-author", "not_authors", multiple=True, metavar="USER", help="By none of these."),
)

_MODE = (
    click.option("--default", "is_default", is_flag=True, help="Only what no other route tells."),
    click.option("--locale", type=click.Choice(LOCALES), help="Language of the messages; else the tenant's."),
    click.option(
        "--on-doubt",
        type=click.Choice([each.replace("_", "-") for each in (RESEND, GIVE_UP)]),
        default=RESEND,
        show_default=True,
        help="When Slack's answer is lost: send the message again, which may double it, or not.",
    ),
    click.option(
        "--replies/--no-replies",
        default=True,
        help="Comments and edits under the post's message, or by themselves.",
    ),
    click.option("--broadcast", is_flag=True, help="Show such replies in the channel as well."),
    click.option(
        "--window",
        type=click.IntRange(0, LONGEST_WINDOW),
        default=0,
        metavar="SECONDS",
        help="Wait so long for more posts of the same person, and tell them together.",
    ),
    click.option(
        "--digest",
        type=click.Choice([each.value for each in Every]),
        help="Not at once, but together at a fixed time.",
    ),
    click.option(
        "--at", "hour", type=click.IntRange(0, 23), help="The digest's hour; 9 where none is given."
    ),
    click.option(
        "--on",
        "weekday",
        type=click.Choice(WEEKDAYS),
        help="The weekly digest's day; monday where none is given.",
    ),
    click.option("--timezone", help="Of the digest's hour, as in Europe/Paris; else the tenant's."),
)


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        return functools.reduce(lambda made, option: option(made), reversed(options), command)

    return decorate


conditions, mode = _all(*_CONDITIONS), _all(*_MODE)


def telling(runtime: Runtime, base: Tenant, dbsession: Session, channel: str, given: dict[str, Any]) -> Route:
    """The route of ``routes add``. Raises UsageError for one that contradicts itself."""
    digest, hour, weekday = given.pop("digest"), given.pop("hour"), given.pop("weekday")
    if digest is None and (hour is not None or weekday or given["timezone"]):
        raise click.UsageError("--at, --on and --timezone are a digest's: say --digest too")
    if weekday and digest != Every.WEEKLY:
        raise click.UsageError("--on is a weekly digest's: say --digest weekly")
    at = {"hour": 9 if hour is None else hour, "weekday": WEEKDAYS.index(weekday or WEEKDAYS[0])}
    return _sound(
        Route(
            channel=credentials.channel_id(channel),
            effect=Effect.DEFAULT if given.pop("is_default") else Effect.TELL,
            digest=Schedule(Every(digest), **at) if digest else None,
            on_doubt=given.pop("on_doubt").replace("-", "_"),
            **_conditions(runtime, base, dbsession, given),
            **given,
        )
    )


def muting(
    runtime: Runtime, base: Tenant, dbsession: Session, channel: str | None, given: dict[str, Any]
) -> Route:
    """The route of ``routes mute``. Raises UsageError for one that contradicts itself."""
    return _sound(
        Route(
            channel=credentials.channel_id(channel) if channel else None,
            effect=Effect.MUTE,
            **_conditions(runtime, base, dbsession, given),
        )
    )


def user_id(runtime: Runtime, base: Tenant, dbsession: Session, user: str) -> str | None:
    """Of somebody named by id or e-mail; None for nobody, or for an e-mail that several have."""
    if found := runtime.hooks.user_by_id(base, user, dbsession):
        return found.id
    by_email = runtime.hooks.users_by_email(base, user, dbsession)
    return by_email[0].id if len(by_email) == 1 else None


def known_user_id(runtime: Runtime, base: Tenant, dbsession: Session, user: str) -> str:
    """The same. Raises ClickException for nobody."""
    found = user_id(runtime, base, dbsession, user)
    if found is None:
        raise click.ClickException(f"{base.subdomain}: nobody has the id or e-mail {user}")
    return found


def _conditions(runtime: Runtime, base: Tenant, dbsession: Session, given: dict[str, Any]) -> dict[str, Any]:
    """What the options say, taken out of ``given``."""
    who = functools.partial(known_user_id, runtime, base, dbsession)
    found = {name: frozenset(given.pop(name)) for name in ("kinds", *CONDITIONS)}
    found["kinds"] = found["kinds"] or POSTS
    for name, change in (("tags", tag_key), ("not_tags", tag_key), ("authors", who), ("not_authors", who)):
        found[name] = frozenset(map(change, found[name]))
    return found


def _sound(route: Route) -> Route:
    if wrong := flaws(route):
        raise click.UsageError("; ".join(wrong))
    return route
