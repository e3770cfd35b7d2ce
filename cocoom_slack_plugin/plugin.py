"""The hookimpls: the only door through which the platform reaches us. Each is a line or two; the work is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cocoom_hooks import hookimpl
from cocoom_hooks.payloads import (
    CollaboratorEvent,
    Command,
    CommentEvent,
    CommentModerated,
    Event,
    PageEntry,
    PostEdited,
    PostEvent,
    PostModerated,
    SignInOption,
    Tenant,
    TenantEvent,
    ThreadEvent,
)
from cocoom_slack_plugin import audit  # noqa: F401 - its table is one of those that forget_tenant empties
from cocoom_slack_plugin.database import forget_tenant
from cocoom_slack_plugin.login import entry as login_entry
from cocoom_slack_plugin.login import leaving
from cocoom_slack_plugin.login.option import sign_in_option
from cocoom_slack_plugin.notifications import entry as notifications_entry
from cocoom_slack_plugin.notifications import outbox, preferences, routes
from cocoom_slack_plugin.notifications.doorbell import Doorbell
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.switches import Function

NAME = "slack"


class SlackPlugin:
    """One per host. Does nothing until ``attach`` gave it the host's runtime."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._doorbell: Doorbell | None = None
        self._notifies: Callable[[Tenant], bool] = lambda _: False

    def attach(self, runtime: Runtime) -> None:
        """Called by ``includeme``, once the settings were read."""
        self._runtime = runtime
        self._doorbell = Doorbell(runtime.settings)
        self._notifies = runtime.settings.tenants.only(Function.NOTIFICATIONS)

    # --- contributions ---

    @hookimpl
    def cocoom_configure(self, config: Any) -> None:
        config.include("cocoom_slack_plugin")

    @hookimpl
    def cocoom_command(self) -> Command:
        return Command(
            name="slack",
            help="Connect bases to Slack and look after the connections.",
            main="cocoom_slack_plugin.cli:run",
        )

    @hookimpl
    def cocoom_sign_in_option(self, request: Any, tenant: Tenant) -> SignInOption | None:
        return sign_in_option(self._runtime, request, tenant) if self._runtime else None

    @hookimpl
    def cocoom_administration_entry(self, request: Any, tenant: Tenant) -> PageEntry | None:
        return login_entry.administration_entry(self._runtime, request, tenant) if self._runtime else None

    @hookimpl
    def cocoom_account_entries(self, request: Any, tenant: Tenant) -> list[PageEntry]:
        if self._runtime is None:
            return []
        rooms = (login_entry, notifications_entry)
        entries = [room.account_entry(self._runtime, request, tenant) for room in rooms]
        return [entry for entry in entries if entry]

    # --- events that people are told of ---

    @hookimpl
    def cocoom_publication_published(self, event: PostEvent, dbsession: Any) -> None:
        self._note("publication_published", event, dbsession)

    @hookimpl
    def cocoom_share_published(self, event: PostEvent, dbsession: Any) -> None:
        self._note("share_published", event, dbsession)

    @hookimpl
    def cocoom_collaborator_joined(self, event: CollaboratorEvent, dbsession: Any) -> None:
        self._note("collaborator_joined", event, dbsession)

    @hookimpl
    def cocoom_comment_added(self, event: CommentEvent, dbsession: Any) -> None:
        self._note("comment_added", event, dbsession)

    @hookimpl
    def cocoom_comment_moderated(self, event: CommentModerated, dbsession: Any) -> None:
        self._note("comment_moderated", event, dbsession)

    @hookimpl
    def cocoom_publication_edited(self, event: PostEdited, dbsession: Any) -> None:
        self._note("publication_edited", event, dbsession)

    @hookimpl
    def cocoom_publication_moderated(self, event: PostModerated, dbsession: Any) -> None:
        self._note("publication_moderated", event, dbsession)

    @hookimpl
    def cocoom_share_moderated(self, event: PostModerated, dbsession: Any) -> None:
        self._note("share_moderated", event, dbsession)

    # --- events after which what was told is not true any more ---

    @hookimpl
    def cocoom_publication_unpublished(self, event: PostEvent, dbsession: Any) -> None:
        self._note("publication_unpublished", event, dbsession)

    @hookimpl
    def cocoom_publication_deleted(self, event: PostEvent, dbsession: Any) -> None:
        self._note("publication_deleted", event, dbsession)

    @hookimpl
    def cocoom_share_deleted(self, event: PostEvent, dbsession: Any) -> None:
        self._note("share_deleted", event, dbsession)

    @hookimpl
    def cocoom_comment_deleted(self, event: CommentEvent, dbsession: Any) -> None:
        self._note("comment_deleted", event, dbsession)

    # --- events after which something is to be ended or forgotten ---

    @hookimpl
    def cocoom_collaborator_deactivated(self, event: CollaboratorEvent, dbsession: Any) -> None:
        if self._runtime:
            leaving.left(self._runtime, event.tenant, event.collaborator.id, dbsession)

    @hookimpl
    def cocoom_collaborator_removed(self, event: CollaboratorEvent, dbsession: Any) -> None:
        preferences.forget(dbsession, event.tenant.id, event.collaborator.id)
        if self._runtime:
            leaving.removed(self._runtime, event.tenant, event.collaborator.id, dbsession)

    @hookimpl
    def cocoom_thread_deleted(self, event: ThreadEvent, dbsession: Any) -> None:
        routes.forget_thread(dbsession, event.tenant.id, event.thread.id)

    @hookimpl
    def cocoom_tenant_removed(self, event: TenantEvent, dbsession: Any) -> None:
        forget_tenant(dbsession, event.tenant.id)

    def _note(self, kind: str, event: Event, dbsession: Any) -> None:
        if self._notifies(event.tenant) and self._doorbell and outbox.record(dbsession, kind, event):
            self._doorbell.ring_after_commit(dbsession)
