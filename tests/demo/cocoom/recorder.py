"""A plugin that remembers every event, and does on request what a bad plugin does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cocoom_hooks import event_hook_names, hookimpl
from cocoom_hooks.payloads import PageEntry, SignInOption


class Recorder:
    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.do: Callable[[Any], object] = lambda dbsession: None
        self.option: SignInOption | None = None
        self.entry: PageEntry | None = None
        self.own_entries: list[PageEntry] = []

    def hear(self, hook: str, event: Any, dbsession: Any) -> None:
        self.heard.append((hook, event))
        self.do(dbsession)

    @property
    def names(self) -> list[str]:
        return [name.removeprefix("cocoom_") for name, _ in self.heard]

    def only(self, name: str) -> Any:
        """The one event that was heard; fails when it was another one or not alone."""
        assert self.names == [name]
        return self.heard[0][1]

    @hookimpl
    def cocoom_sign_in_option(self) -> SignInOption | None:
        return self.option

    @hookimpl
    def cocoom_administration_entry(self) -> PageEntry | None:
        return self.entry

    @hookimpl
    def cocoom_account_entries(self) -> list[PageEntry]:
        return self.own_entries


def _listener(name: str) -> Callable[..., None]:
    def listen(self: Recorder, event: Any, dbsession: Any) -> None:
        self.hear(name, event, dbsession)

    return hookimpl(listen)


for _name in event_hook_names():
    setattr(Recorder, _name, _listener(_name))
