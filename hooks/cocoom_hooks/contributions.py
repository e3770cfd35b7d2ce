"""Contribution hooks: the host asks, every plugin may answer.

They hold for every contribution hook of this module:

* *Returns*: one contribution (``cocoom_account_entries``: any number), or None for "nothing here"; the host gets the
  list of those that are not None, in the order in which the plugins were enabled.
* *Raising*: ``cocoom_configure`` and ``cocoom_command`` go through, because a host must not start half configured. In
  the others the failure is logged and counted and the plugin's contribution is left out.
* *Transaction*: none is promised; those that take a request may use the request's own session for reading.
* *Since*: 0.1, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from cocoom_hooks.host import Configurator, Request
from cocoom_hooks.markers import hookspec
from cocoom_hooks.payloads import Command, PageEntry, SignInOption, Tenant


@hookspec
def cocoom_configure(config: Configurator) -> None:
    """Once, at the host's start, while it is being configured: include views, routes and settings of the plugin."""


@hookspec
def cocoom_sign_in_option(request: Request, tenant: Tenant) -> SignInOption | None:
    """In the web process, whenever a tenant's login page is shown: a way to sign in."""


@hookspec
def cocoom_administration_entry(request: Request, tenant: Tenant) -> PageEntry | None:
    """In the web process, whenever a tenant's administration page is shown: a line that leads to the plugin's page."""


@hookspec
def cocoom_account_entries(request: Request, tenant: Tenant) -> Sequence[PageEntry] | None:
    """In the web process, whenever a signed-in user's own settings page is shown: lines that lead to its pages.

    They are in the language of the user who is signed in on the request.
    """


@hookspec
def cocoom_command() -> Command | None:
    """When the host's command line is built: a command of the plugin. Must be cheap, nothing of the plugin runs yet."""
