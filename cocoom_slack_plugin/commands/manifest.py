"""``cocoom-slack manifest`` and ``scopes``: the app that a tenant should have, and the one that it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.commands.deployment import Deployment, console, locate
from cocoom_slack_plugin.connect import icon
from cocoom_slack_plugin.connect.app_pages import app_list
from cocoom_slack_plugin.connect.features import Feature, Wish
from cocoom_slack_plugin.connect.lag import Lag, lag_of, wish_of
from cocoom_slack_plugin.connect.manifest import as_json, manifest_of, prefilled_link
from cocoom_slack_plugin.connect.readiness import Readiness, readiness_of
from cocoom_slack_plugin.connect.scopes import Comparison, compare, in_order, sentence
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import DEFAULT_LOCALE, LOCALES

features_option = click.option(
    "--with",
    "features",
    multiple=True,
    type=click.Choice([each.value for each in Feature]),
    help="A feature beside the functions, each at the price of a permission or two; may be repeated.",
)


@click.command()
@click.argument("tenant")
@click.option("--login", is_flag=True, help="For Sign in with Slack.")
@click.option("--notifications", is_flag=True, help="For notifications.")
@features_option
@click.option(
    "--link", "form", flag_value="link", help="As the address where Slack shows it, ready to create."
)
@click.option(
    "--json", "form", flag_value="json", default=True, help="As JSON, for “From a manifest” (default)."
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="As JSON into this file, to hand over."
)
@click.pass_obj
def manifest(
    deployment: Deployment,
    tenant: str,
    login: bool,
    notifications: bool,
    features: Sequence[str],
    form: str,
    output: Path | None,
) -> None:
    """Print the manifest of TENANT's own Slack app, from which Slack makes the app as it should be.

    Without --login and --notifications it is for what the setting cocoom_slack.tenants lets the tenant use.
    """
    if output is not None and form == "link":
        raise click.UsageError("--link and --output do not go together: the file holds JSON")
    runtime, base = locate(deployment, tenant)
    asked = [f for f, on in ((Function.LOGIN, login), (Function.NOTIFICATIONS, notifications)) if on]
    wish = Wish.of(_functions(runtime, base, asked), map(Feature, features))
    made = manifest_of(base, wish, runtime.settings.app_color)
    slack_url = runtime.settings.slack_url
    if output is not None:
        output.write_text(as_json(made) + "\n", encoding="utf-8")
        click.echo(
            f"written to {output}; “Create New App”, “From a manifest” at {app_list(slack_url)} takes it"
        )
    else:
        click.echo(prefilled_link(made, slack_url) if form == "link" else as_json(made))
    click.echo(icon.where_to_drop_it(app_list(slack_url), str(icon.ICON), DEFAULT_LOCALE), err=True)


@click.command()
@click.argument("tenant")
@features_option
@click.option(
    "--locale", type=click.Choice(LOCALES), default=DEFAULT_LOCALE, help="Language of the explanations."
)
@click.pass_obj
def scopes(deployment: Deployment, tenant: str, features: Sequence[str], locale: str) -> None:
    """Show which permissions TENANT's app needs and has, what works with them, and what to change at Slack.

    Without --with those features count as wanted that the app's permissions allow already.
    """
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = connections.find(dbsession, base.id)
    chosen = [Feature(each) for each in features]
    wish = wish_of(found, chosen or None) if found else Wish.of(_functions(runtime, base, []), chosen)
    lag = lag_of(found, wish, runtime.settings.slack_url) if found else None
    console.print(_scopes_table(wish, lag.bot if lag else compare(wish.bot_scopes, ()), locale))
    console.print(_readiness_table(readiness_of(found), locale))
    _say_what_to_do(base, found, lag, locale)


def _functions(runtime: Runtime, base: Tenant, asked: Sequence[Function]) -> list[Function]:
    """Those asked for, else all that the operator allows. Refuses what the operator does not allow."""
    allowed = [each for each in Function if runtime.settings.tenants.allow(each, base)]
    refused = [each for each in asked if each not in allowed]
    if refused or not allowed:
        what = " and ".join(refused) or "anything"
        raise click.ClickException(
            f"the setting cocoom_slack.tenants does not let {base.subdomain} use {what}"
        )
    return list(asked) or allowed


def _scopes_table(wish: Wish, bot: Comparison, locale: str) -> Table:
    table = Table("permission", "of", "wanted", "granted", "what it is for")
    for scope in wish.user_scopes:
        # Each user grants these when they sign in; no token of ours holds them.
        table.add_row(scope, "each user", "yes", "at sign-in", sentence(scope, locale))
    for name in in_order((*bot.wanted, *bot.granted)):
        wanted, granted = name in bot.wanted, name in bot.granted
        table.add_row(
            name,
            "the bot",
            "yes" if wanted else "no",
            "yes" if granted else "no",
            sentence(name, locale),
            style=None if wanted and granted else "bold",
        )
    return table


def _readiness_table(found: Sequence[Readiness], locale: str) -> Table:
    table = Table("function or feature", "state", "what it is for")
    for each in found:
        table.add_row(each.what, each.said(locale), each.purpose(locale))
    return table


def _say_what_to_do(base: Tenant, found: Connection | None, lag: Lag | None, locale: str) -> None:
    if found is None or lag is None:
        click.echo(f"{base.subdomain} is not connected; `cocoom-slack manifest {base.subdomain}` begins it")
        return
    for title, names in (("missing", lag.bot.missing), ("superfluous", lag.bot.superfluous)):
        click.echo(f"{title}: {' '.join(names) or 'nothing'}")
    if lag.changes:
        click.echo(f"to do at {lag.address}:")
    for number, change in enumerate(lag.changes, 1):
        click.echo(f"{number}. {change.said(locale)}")
