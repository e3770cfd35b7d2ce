"""``cocoom-slack login``: what a tenant's administrator does on the settings page, and the way out when nobody can."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import click
from rich.table import Table

from cocoom_hooks.payloads import Role
from cocoom_slack_plugin.commands.deployment import Commands, Deployment, actor, console, locate
from cocoom_slack_plugin.commands.one_line import one_line
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import domains, exclusive, history, outcomes, rules
from cocoom_slack_plugin.login.policy import ROLES, Pin, Policy, Rules

SWITCH = click.Choice(["on", "off"])


@click.group("login", cls=Commands)
def login() -> None:
    """Who may sign in with Slack, and who did."""


@login.command()
@click.argument("tenant")
@click.option("--invited", "policy", flag_value=Policy.INVITED.value, help="Only people who were invited.")
@click.option("--domains", "listed", help="Also everybody with an e-mail of a.example,b.example.")
@click.option("--workspace", "policy", flag_value=Policy.WORKSPACE.value, help="Also the whole workspace.")
@click.option("--role", type=click.Choice([each.value for each in ROLES]), help="Of accounts made so.")
@click.option("--guests/--no-guests", default=None, help="Whether guests of the workspace may enter.")
@click.option(
    "--pin", type=click.Choice([each.value for each in Pin]), help="What Slack's answer must match."
)
@click.pass_obj
def policy(
    deployment: Deployment,
    tenant: str,
    policy: str | None,
    listed: str | None,
    role: str | None,
    guests: bool | None,
    pin: str | None,
) -> None:
    """Show who may enter TENANT, or change it; what is not named stays."""
    if policy and listed is not None:
        raise click.UsageError("choose one of --invited, --domains and --workspace")
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks, base.id) as dbsession:
        seen = connections.get(dbsession, base.id)
        known = Rules.of(seen)
        wanted = _changed(known, policy, listed, role, guests, pin)
        if wanted != known:
            rules.change(dbsession, seen, wanted, actor())
    click.echo(f"{base.subdomain}: {_sentence(wanted)}")
    if wanted.pin != known.pin:
        click.echo("note: this needs a new test sign-in; other ways to sign in are open again")


@login.command()
@click.argument("tenant")
@click.argument("switch", type=SWITCH)
@click.pass_obj
def only(deployment: Deployment, tenant: str, switch: str) -> None:
    """Let people of TENANT sign in with Slack only (on), or in other ways too (off).

    On needs an administrator's successful test sign-in with the present credentials. Off always works: it is the way
    out when nobody of a base can sign in any more.
    """
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks, base.id) as dbsession:
        exclusive.switch(dbsession, connections.get(dbsession, base.id), switch == "on", actor())
    click.echo(f"{base.subdomain}: " + ("Slack only" if switch == "on" else "other ways are open"))


@login.command("sign-ins")
@click.argument("tenant")
@click.option("--limit", type=click.IntRange(1, 1000), default=history.RECENT, show_default=True)
@click.pass_obj
def sign_ins(deployment: Deployment, tenant: str, limit: int) -> None:
    """Show the newest sign-ins and refusals of TENANT."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks, base.id) as dbsession:
        happened = history.recent(dbsession, runtime.hooks, base, limit)
    table = Table("when (UTC)", "who", "what", "outcome", "code", "reference")
    for each in happened:
        said = outcomes.OUTCOMES.get(each.outcome, each.outcome)
        at = each.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(
            at,
            one_line(each.who or "unknown"),
            outcomes.ACTIONS[each.action],
            said,
            each.outcome,
            each.reference,
        )
    console.print(table)


def _changed(
    known: Rules,
    policy: str | None,
    listed: str | None,
    role: str | None,
    guests: bool | None,
    pin: str | None,
) -> Rules:
    changes: dict[str, Any] = {}
    if policy:
        changes["policy"] = Policy(policy)
    if listed is not None:
        changes |= {"policy": Policy.DOMAINS, "domains": tuple(domains.read(listed))}
    if role:
        changes["role"] = Role(role)
    if guests is not None:
        changes["guests"] = guests
    if pin:
        changes["pin"] = Pin(pin)
    return replace(known, **changes)


def _sentence(wanted: Rules) -> str:
    who = {
        Policy.INVITED: "invited people",
        Policy.DOMAINS: f"invited people and everybody of {', '.join(wanted.domains)} (as {wanted.role})",
        Policy.WORKSPACE: f"invited people and everybody of the workspace (as {wanted.role})",
    }[wanted.policy]
    return f"{who}; guests {'may' if wanted.guests else 'may not'} enter; the {wanted.pin} is pinned"
