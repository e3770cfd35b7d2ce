"""The application, as a table of contents: settings, plugins, then the host's own parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator

from cocoom_hooks import Hooks, build_plugin_manager
from demo.cocoom.database import sessionmaker_for
from demo.cocoom.services import HostServices
from demo.cocoom.settings import HostSettings


def main(global_config: Mapping[str, str], **settings: str) -> Any:
    """The WSGI application, for ``pserve`` (``use = call:demo.cocoom.app:main``)."""
    return make_application(settings)


def make_application(settings: Mapping[str, str], builtin: Mapping[str, object] | None = None) -> Any:
    """The WSGI application; ``builtin`` are more plugins, by name. Raises SettingsError, PluginSetupError."""
    host = HostSettings.read(settings)
    config = Configurator(settings={**settings, **TRANSACTIONS})
    config.registry.cocoom_host = host
    config.registry.cocoom_sessionmaker = sessionmaker_for(host.database_url)
    config.registry.cocoom_hooks = _plug_in(config.registry, builtin or {})

    config.include("pyramid_tm")
    config.include("pyramid_jinja2")
    config.include("demo.cocoom.database")
    config.include("demo.cocoom.tenants")
    config.include("demo.cocoom.session")
    config.include("demo.cocoom.security")
    config.include("demo.cocoom.headers")
    # Plugins before the host's pages: one may claim /oidc for some tenants, the host keeps it for the others.
    config.registry.cocoom_hooks.configure(config)
    config.include("demo.cocoom.views")
    return config.make_wsgi_app()


TRANSACTIONS = {
    "tm.manager_hook": "pyramid_tm.explicit_manager",
    # Naming the user in each transaction would ask the database before we know which tenant is meant.
    "tm.annotate_user": "false",
}


def _plug_in(registry: Any, builtin: Mapping[str, object]) -> Hooks:
    services = HostServices(registry.cocoom_sessionmaker, registry.cocoom_host.addresses)
    manager = build_plugin_manager(registry.cocoom_host.plugins, {"cocoom": services, **builtin})
    services.hooks = Hooks(manager)
    return services.hooks
