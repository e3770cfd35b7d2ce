"""What every command works with: the host behind ``--config``, and a tenant of it by id or subdomain."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from pyramid.paster import get_app, setup_logging
from rich.console import Console

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import CocoomSlackError, UnknownTenant
from cocoom_slack_plugin.runtime import Runtime

console = Console(markup=False, emoji=False, highlight=False)  # names come from Slack


@dataclass
class Deployment:
    """The host named by ``--config``, loaded when a command first needs it."""

    config: Path

    @property
    def runtime(self) -> Runtime:
        if not self.config.exists():
            raise click.ClickException(f"there is no {self.config}: name the host's INI file with --config")
        # A host that is not installed may live beside its INI file, as our own stand-in does.
        sys.path.append(str(self.config.resolve().parent))
        setup_logging(str(self.config))
        try:
            return Runtime.of(get_app(str(self.config)))
        except ImportError as error:
            raise click.ClickException(f"the host of {self.config} cannot be loaded: {error}") from None


class Commands(click.Group):
    """Shows our own errors as one line, and everything unforeseen as Python does."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CocoomSlackError as error:
            raise click.ClickException(str(error)) from None


def locate(deployment: Deployment, key: str) -> tuple[Runtime, Tenant]:
    """The host's runtime and the tenant with this id or subdomain. Raises UnknownTenant."""
    runtime = deployment.runtime
    with transaction(runtime.hooks) as dbsession:
        found = runtime.hooks.find_tenant(key, dbsession)
    if found is None:
        raise UnknownTenant(key)
    return runtime, found


def actor() -> str:
    """Who is at the keyboard, for the audit."""
    return f"cli:{getpass.getuser()}"
