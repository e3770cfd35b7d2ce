"""What must be true before a host may start with this plugin."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.events import ApplicationCreated
from sqlalchemy.exc import OperationalError

from cocoom_hooks import Hooks
from cocoom_slack_plugin.database import transaction, verify_tables
from cocoom_slack_plugin.errors import ConfigurationError
from cocoom_slack_plugin.plugin import NAME, SlackPlugin
from cocoom_slack_plugin.redaction import redact_logs
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.settings import Settings

log = logging.getLogger(__name__)

NEEDED_SERVICES = (
    "tenant_of_request",
    "find_tenant",
    "open_dbsession",
    "user_by_id",
    "users_by_email",
    "activate_user",
    "create_user",
    "end_sessions",
    "may_administer",
    "current_user",
    "log_in",
)


def start(config: Any) -> None:
    """Build the runtime, keep it as ``registry.cocoom_slack`` and attach the plugin. Raises ConfigurationError."""
    redact_logs()
    settings = Settings.from_mapping(config.registry.settings)
    hooks, plugin = _find_plugin(config.registry)
    if missing := [name for name in NEEDED_SERVICES if not hooks.offers(name)]:
        raise ConfigurationError(
            [f"the host does not implement the service cocoom_{name}" for name in missing]
        )
    runtime = Runtime.build(settings, hooks)
    config.registry.cocoom_slack = runtime
    plugin.attach(runtime)
    if settings.verify_tables:
        config.add_subscriber(_verify_tables, ApplicationCreated)


def _find_plugin(registry: Any) -> tuple[Hooks, SlackPlugin]:
    hooks = getattr(registry, "cocoom_hooks", None)
    if not isinstance(hooks, Hooks):
        raise ConfigurationError(
            ["the host must store its cocoom_hooks.Hooks as registry.cocoom_hooks first"]
        )
    plugin = hooks.plugin(NAME)
    if not isinstance(plugin, SlackPlugin):
        raise ConfigurationError([f"the host's plugin manager was built without the plugin {NAME!r}"])
    return hooks, plugin


def _verify_tables(event: ApplicationCreated) -> None:
    runtime = Runtime.of(event.app)
    try:
        with transaction(runtime.hooks) as dbsession:
            verify_tables(dbsession)
    except OperationalError as error:
        # A host that starts before its database must still start.
        log.warning("the plugin's tables could not be looked at: %s", type(error.orig).__name__)
