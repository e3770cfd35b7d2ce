"""``cocoom-slack test`` and ``routes``: what a tenant's notifications do."""

from __future__ import annotations

import click

from cocoom_slack_plugin.commands.deployment import Deployment, locate
from cocoom_slack_plugin.connections import credentials
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import routes as routing
from cocoom_slack_plugin.notifications import trial
from cocoom_slack_plugin.notifications.decide import GIVE_UP, NEWCOMERS, POSTS, RESEND, Route
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.translations import LOCALES


@click.command()
@click.argument("tenant")
@click.argument("channel")
@click.option("--seconds", default=30.0, show_default=True, help="How long to wait for the message.")
@click.pass_obj
def test(deployment: Deployment, tenant: str, channel: str, seconds: float) -> None:
    """Send a test message of TENANT to CHANNEL (id or link), by the path that every message takes."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        event_id = trial.record(dbsession, base, credentials.channel_id(channel))
    click.echo("recorded; waiting for a worker")
    Doorbell(runtime.settings).ring()
    end = trial.wait(runtime.hooks, base.id, event_id, seconds)
    if end.state != "sent":
        raise click.ClickException(end.explanation)
    click.echo(end.explanation)


@click.group()
def routes() -> None:
    """Which channels get a tenant's posts and newcomers."""


@routes.command("add")
@click.argument("tenant")
@click.argument("channel")
@click.option("--thread", help="Only posts of the thread with this id; else all that no other route names.")
@click.option("--newcomers", is_flag=True, help="Newcomers instead of posts.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of the messages; else the tenant's.")
@click.option(
    "--on-doubt",
    type=click.Choice([each.replace("_", "-") for each in (RESEND, GIVE_UP)]),
    default=RESEND,
    show_default=True,
    help="When Slack's answer is lost: send the message again, which may double it, or not.",
)
@click.pass_obj
def add_route(
    deployment: Deployment,
    tenant: str,
    channel: str,
    thread: str | None,
    newcomers: bool,
    locale: str | None,
    on_doubt: str,
) -> None:
    """Send TENANT's posts, or newcomers, to CHANNEL (id or link)."""
    if newcomers and thread:
        raise click.UsageError("newcomers have no thread: leave out --thread or --newcomers")
    runtime, base = locate(deployment, tenant)
    subject, policy = NEWCOMERS if newcomers else POSTS, on_doubt.replace("-", "_")
    new = Route(subject, credentials.channel_id(channel), thread, locale, policy)
    with transaction(runtime.hooks) as dbsession:
        routing.add(dbsession, base.id, new)
    click.echo(f"{base.subdomain}: {_sentence(new)}")


@routes.command("list")
@click.argument("tenant")
@click.pass_obj
def list_routes(deployment: Deployment, tenant: str) -> None:
    """Show TENANT's routes with their numbers."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks) as dbsession:
        found = routing.everything(dbsession, base.id)
    for each in found:
        click.echo(f"{each.number:>4}  {_sentence(each.route)}")
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


def _sentence(route: Route) -> str:
    what = "newcomers" if route.subject == NEWCOMERS else f"posts of the thread {route.thread_id}"
    if route.subject == POSTS and route.thread_id is None:
        what = "posts of all other threads"
    language = f" in {route.locale}" if route.locale else ""
    doubt = ", given up when in doubt" if route.on_doubt == GIVE_UP else ""
    return f"{what} go to {route.channel}{language}{doubt}"
