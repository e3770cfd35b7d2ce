"""The only way to call a hook: typed, and event hooks isolated from the host and from each other."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pluggy

from cocoom_hooks.host import Configurator, DatabaseSession, Request, SessionContext
from cocoom_hooks.manager import PluginSetupError, event_hook_names
from cocoom_hooks.payloads import (
    AdministratorNotice,
    CollaboratorEvent,
    Command,
    CommentEvent,
    CommentModerated,
    Event,
    PageEntry,
    PostEdited,
    PostEvent,
    PostModerated,
    Role,
    SignInOption,
    Tenant,
    TenantEvent,
    ThreadEvent,
    User,
)

log = logging.getLogger("cocoom_hooks")

T = TypeVar("T")
Listener = tuple[str, Callable[[Any, Any], object]]


class Hooks:
    """Every hook of the contract as a typed method, over one plugin manager.

    Built once the manager is complete; plugins registered later are not seen. A Pyramid host keeps it as
    ``registry.cocoom_hooks``, where plugins find it. ``failures`` counts, for (plugin name,
    hook name), how often an isolated implementation raised.
    """

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self._hook = manager.hook
        self._listeners = {name: _listeners(manager, name) for name in event_hook_names()}
        self.failures: Counter[tuple[str, str]] = Counter()

    def plugin(self, name: str) -> object | None:
        """The plugin registered under this name, None when it is not enabled."""
        return self._manager.get_plugin(name)

    def offers(self, service: str) -> bool:
        """Whether anybody implements this service, named as the method here."""
        return bool(getattr(self._hook, f"cocoom_{service}").get_hookimpls())

    # --- events ---

    def tell(self, hook: str, event: Event, dbsession: DatabaseSession) -> None:
        """Fire the event hook of this name. Raises LookupError for a name that is no event hook; nothing else."""
        try:
            listeners = self._listeners[hook]
        except KeyError:
            known = ", ".join(sorted(self._listeners))
            raise LookupError(f"no event hook is called {hook!r}; the event hooks are {known}") from None
        for plugin, listener in listeners:
            try:
                listener(event, dbsession)
            except Exception as error:
                self._isolate(plugin, hook, error)

    def publication_published(self, event: PostEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_publication_published", event, dbsession)

    def share_published(self, event: PostEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_share_published", event, dbsession)

    def collaborator_joined(self, event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_collaborator_joined", event, dbsession)

    def comment_added(self, event: CommentEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_comment_added", event, dbsession)

    def comment_moderated(self, event: CommentModerated, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_comment_moderated", event, dbsession)

    def publication_edited(self, event: PostEdited, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_publication_edited", event, dbsession)

    def publication_moderated(self, event: PostModerated, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_publication_moderated", event, dbsession)

    def share_moderated(self, event: PostModerated, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_share_moderated", event, dbsession)

    def publication_unpublished(self, event: PostEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_publication_unpublished", event, dbsession)

    def publication_deleted(self, event: PostEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_publication_deleted", event, dbsession)

    def share_deleted(self, event: PostEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_share_deleted", event, dbsession)

    def comment_deleted(self, event: CommentEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_comment_deleted", event, dbsession)

    def collaborator_deactivated(self, event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_collaborator_deactivated", event, dbsession)

    def collaborator_reactivated(self, event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_collaborator_reactivated", event, dbsession)

    def collaborator_removed(self, event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_collaborator_removed", event, dbsession)

    def thread_updated(self, event: ThreadEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_thread_updated", event, dbsession)

    def thread_deleted(self, event: ThreadEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_thread_deleted", event, dbsession)

    def tenant_removed(self, event: TenantEvent, dbsession: DatabaseSession) -> None:
        self.tell("cocoom_tenant_removed", event, dbsession)

    # --- services ---

    def tenant_of_request(self, request: Request) -> Tenant | None:
        found: Tenant | None = self._ask("tenant_of_request", request=request)
        return found

    def find_tenant(self, key: str, dbsession: DatabaseSession) -> Tenant | None:
        found: Tenant | None = self._ask("find_tenant", key=key, dbsession=dbsession)
        return found

    def open_dbsession(self, tenant_id: str | None) -> SessionContext:
        """Raises PluginSetupError when the host offers no session."""
        context: SessionContext | None = self._ask("open_dbsession", tenant_id=tenant_id)
        if context is None:
            raise PluginSetupError("the host does not implement cocoom_open_dbsession")
        return context

    def user_by_id(self, tenant: Tenant, user_id: str, dbsession: DatabaseSession) -> User | None:
        found: User | None = self._ask("user_by_id", tenant=tenant, user_id=user_id, dbsession=dbsession)
        return found

    def users_by_email(self, tenant: Tenant, email: str, dbsession: DatabaseSession) -> Sequence[User]:
        return self._ask("users_by_email", tenant=tenant, email=email, dbsession=dbsession) or ()

    def activate_user(self, tenant: Tenant, user_id: str, dbsession: DatabaseSession) -> User | None:
        found: User | None = self._ask("activate_user", tenant=tenant, user_id=user_id, dbsession=dbsession)
        return found

    def create_user(
        self,
        tenant: Tenant,
        email: str,
        display_name: str,
        role: Role,
        locale: str | None,
        dbsession: DatabaseSession,
    ) -> User | None:
        found: User | None = self._ask(
            "create_user",
            tenant=tenant,
            email=email,
            display_name=display_name,
            role=role,
            locale=locale,
            dbsession=dbsession,
        )
        return found

    def current_user(self, request: Request) -> User | None:
        found: User | None = self._ask("current_user", request=request)
        return found

    def log_in(
        self, request: Request, tenant: Tenant, user_id: str, max_age: int | None = None
    ) -> Sequence[tuple[str, str]] | None:
        found: Sequence[tuple[str, str]] | None = self._ask(
            "log_in", request=request, tenant=tenant, user_id=user_id, max_age=max_age
        )
        return found

    def end_sessions(self, tenant: Tenant, user_id: str, dbsession: DatabaseSession) -> int:
        return self._ask("end_sessions", tenant=tenant, user_id=user_id, dbsession=dbsession) or 0

    def thread_followers(self, tenant: Tenant, thread_id: str, dbsession: DatabaseSession) -> Sequence[User]:
        return self._ask("thread_followers", tenant=tenant, thread_id=thread_id, dbsession=dbsession) or ()

    def tell_administrators(
        self, tenant: Tenant, notice: AdministratorNotice, dbsession: DatabaseSession
    ) -> bool:
        return bool(self._ask("tell_administrators", tenant=tenant, notice=notice, dbsession=dbsession))

    def may_administer(self, request: Request, tenant: Tenant) -> bool:
        return bool(self._ask("may_administer", request=request, tenant=tenant))

    # --- contributions ---

    def configure(self, config: Configurator) -> None:
        # pluggy calls the newest plugin first; a host and its users expect the order in which plugins were enabled.
        for implementation in self._hook.cocoom_configure.get_hookimpls():
            implementation.function(*(config for _ in implementation.argnames))

    def sign_in_options(self, request: Request, tenant: Tenant) -> list[SignInOption]:
        return self._collect("cocoom_sign_in_option", request, tenant)

    def administration_entries(self, request: Request, tenant: Tenant) -> list[PageEntry]:
        return self._collect("cocoom_administration_entry", request, tenant)

    def account_entries(self, request: Request, tenant: Tenant) -> list[PageEntry]:
        several = self._collect(
            "cocoom_account_entries", request, tenant, read=lambda answer: [*(answer or ())]
        )
        return [entry for entries in several for entry in entries]

    def commands(self) -> list[Command]:
        return [command for command in self._hook.cocoom_command()[::-1] if command is not None]

    # --- how they are called ---

    def _ask(self, service: str, **arguments: Any) -> Any:
        return getattr(self._hook, f"cocoom_{service}")(**arguments)

    def _collect(
        self, hook: str, request: Request, tenant: Tenant, read: Callable[[Any], Any] = lambda answer: answer
    ) -> list[Any]:
        given = {"request": request, "tenant": tenant}
        found = []
        for implementation in getattr(self._hook, hook).get_hookimpls():
            try:
                found.append(
                    read(implementation.function(*(given[name] for name in implementation.argnames)))
                )
            except Exception as error:
                self._isolate(implementation.plugin_name, hook, error)
        return [contribution for contribution in found if contribution is not None]

    def _isolate(self, plugin: str, hook: str, error: Exception) -> None:
        self.failures[plugin, hook] += 1
        log.error("plugin %s failed in %s", plugin, hook, exc_info=error)


def _listeners(manager: pluggy.PluginManager, hook: str) -> tuple[Listener, ...]:
    implementations = getattr(manager.hook, hook).get_hookimpls()
    return tuple((each.plugin_name, _listener(each)) for each in implementations)


def _listener(implementation: pluggy.HookImpl) -> Callable[[Any, Any], object]:
    function: Callable[..., object] = implementation.function
    match implementation.argnames:
        case ("event", "dbsession"):
            return function
        case ("dbsession", "event"):
            return lambda event, dbsession: function(dbsession, event)
        case ("event",):
            return lambda event, dbsession: function(event)
        case ("dbsession",):
            return lambda event, dbsession: function(dbsession)
        case _:
            return lambda event, dbsession: function()
