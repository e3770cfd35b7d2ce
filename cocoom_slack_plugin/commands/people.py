"""``cocoom-slack people``: who in Slack is who in Cocoom, who is not found there, and a match by hand."""

from __future__ import annotations

import asyncio

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant, User, UserStatus
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.commands import people_list, verified_login
from cocoom_slack_plugin.commands.deployment import Commands, Deployment, actor, locate
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.connections.vault import SecretKind
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import ChangedMeanwhile, InvalidInput
from cocoom_slack_plugin.login import identity as identities
from cocoom_slack_plugin.people import person as persons
from cocoom_slack_plugin.people.person import Person, Source
from cocoom_slack_plugin.people.proof import prove
from cocoom_slack_plugin.people.slack_user_id import slack_user_id
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.slack import SlackGateway, SlackUser


@click.group("people", cls=Commands)
def people() -> None:
    """Who in Slack is who in Cocoom, for direct messages."""


people.add_command(people_list.list_people)


@people.command()
@click.argument("tenant")
@click.argument("user")
@click.argument("slack_user")
@click.pass_obj
def match(deployment: Deployment, tenant: str, user: str, slack_user: str) -> None:
    """Say that USER of TENANT is SLACK_USER, who then gets their direct messages.

    USER is an id or an e-mail of the base, SLACK_USER an id (U...) or the link of a profile. Slack is asked whether
    there is such a person. Who signs in with Slack is known by that, and cannot be matched otherwise.
    """
    runtime, base = locate(deployment, tenant)
    wanted = slack_user_id(slack_user)
    with transaction(runtime.hooks, base.id) as dbsession:
        collaborator = _collaborator(runtime, dbsession, base, user)
        seen = connections.get(dbsession, base.id)
    proved = _prove(runtime, seen, wanted)
    try:
        with transaction(runtime.hooks, base.id) as dbsession:
            _match(runtime, dbsession, base, collaborator, seen, wanted)
    except IntegrityError:
        raise ChangedMeanwhile(f"somebody else was matched with {wanted} just now; look again") from None
    shown = people_list.one_line(proved.name)
    click.echo(f"{base.subdomain}: {people_list.called(collaborator)} is {wanted} ({shown}) in Slack")


@people.command()
@click.argument("tenant")
@click.argument("user")
@click.pass_obj
def forget(deployment: Deployment, tenant: str, user: str) -> None:
    """Forget who USER of TENANT is in Slack, or that they were not found: they are looked for again."""
    runtime, base = locate(deployment, tenant)
    with transaction(runtime.hooks, base.id) as dbsession:
        user_id = _known_id(runtime, dbsession, base, user)
        known = persons.forget(dbsession, base.id, user_id)
        signs_in = identities.of_user(dbsession, base.id, user_id) is not None
        if known:
            audit.record(dbsession, base.id, "person.forget", actor=actor(), user_id=user_id)
    if not known:
        click.echo(f"{base.subdomain}: nothing is known of {user_id} in Slack")
        return
    click.echo(f"{base.subdomain}: {user_id} is forgotten, and looked for by e-mail with the next notice")
    if signs_in:
        click.echo("note: they sign in with Slack, and are known by that again after the next sign-in")


def _collaborator(runtime: Runtime, dbsession: Session, base: Tenant, key: str) -> User:
    """By id or e-mail. Raises InvalidInput."""
    by_id = runtime.hooks.user_by_id(base, key, dbsession)
    found = [by_id] if by_id else list(runtime.hooks.users_by_email(base, key, dbsession))
    if not found:
        raise InvalidInput("user", f"{base.subdomain} has nobody with the id or e-mail {key[:80]!r}")
    if len(found) > 1:
        raise InvalidInput("user", f"{len(found)} people of {base.subdomain} have this e-mail; give the id")
    if found[0].status is UserStatus.REMOVED:
        raise InvalidInput("user", f"{key[:80]!r} was removed from {base.subdomain}")
    return found[0]


def _known_id(runtime: Runtime, dbsession: Session, base: Tenant, key: str) -> str:
    """Of whom the host does not know any more, we may know something all the same."""
    try:
        return _collaborator(runtime, dbsession, base, key).id
    except InvalidInput:
        if people_list.is_known(dbsession, base.id, key):
            return key
        raise


def _prove(runtime: Runtime, connection: Connection, wanted: str) -> SlackUser:
    token = connection.open_secret(runtime.vault, SecretKind.BOT_TOKEN)

    async def ask() -> SlackUser:
        async with SlackGateway(runtime.settings) as gateway:
            return await prove(gateway, token, connection, wanted)

    return asyncio.run(ask())


def _match(
    runtime: Runtime, dbsession: Session, base: Tenant, user: User, seen: Connection, wanted: str
) -> None:
    """Raises ChangedMeanwhile when the tenant was connected to another workspace since Slack was asked."""
    connection = connections.get(dbsession, base.id)
    if connection.team_id != seen.team_id:
        raise ChangedMeanwhile("the base was connected to another workspace meanwhile; look again and repeat")
    verified_login.refuse(runtime, dbsession, base, user, connection, wanted)
    by_hand = Person(user.id, connection.team_id, wanted, Source.HAND)
    if persons.match(dbsession, base.id, by_hand) != by_hand:
        raise ChangedMeanwhile("one of the two signed in with Slack just now; look again")
    audit.record(dbsession, base.id, "person.match", actor=actor(), user_id=user.id, slack_user_id=wanted)
