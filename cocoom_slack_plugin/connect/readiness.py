"""For each function and feature: whether the connected app lets it work, or what it still needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cocoom_slack_plugin.connect.features import COSTS, PURPOSES, Feature
from cocoom_slack_plugin.connect.lag import connected
from cocoom_slack_plugin.connect.scopes import lacking
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.slack_scopes import Scope
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, translations

WORKS = N_("works")
NEEDS_SCOPES = N_("needs {scopes}")
NEEDS_FUNCTIONS = N_("needs {functions} to be connected")
NEEDS_SIGN_IN = N_("to be proved by a test sign-in")
NOT_CONNECTED = N_("not connected")


@dataclass(frozen=True, slots=True)
class Readiness:
    """``functions`` and ``scopes`` are what is missing; ``unproved`` that only a sign-in can tell."""

    what: Function | Feature
    functions: tuple[Function, ...] = ()
    scopes: tuple[Scope, ...] = ()
    unproved: bool = False

    @property
    def works(self) -> bool:
        return not (self.functions or self.scopes or self.unproved)

    def said(self, locale: str) -> str:
        """In a language of LOCALES."""
        return (
            translations(locale)
            .gettext(self._text())
            .format(scopes=" ".join(self.scopes), functions=", ".join(self.functions))
        )

    def purpose(self, locale: str) -> str:
        """What one has of it, in a sentence."""
        text = COSTS[self.what].purpose if isinstance(self.what, Feature) else PURPOSES[self.what]
        return translations(locale).gettext(text)

    def _text(self) -> str:
        if self.functions:
            return NOT_CONNECTED if self.what in self.functions else NEEDS_FUNCTIONS
        if self.scopes:
            return NEEDS_SCOPES
        return NEEDS_SIGN_IN if self.unproved else WORKS


def readiness_of(connection: Connection | None) -> list[Readiness]:
    """Of everything there is, functions first."""
    functions = connected(connection) if connection else frozenset()
    scopes = connection.scopes if connection else ()
    proved = connection is not None and connection.login_tested_at is not None
    return [
        *(_of_function(function, functions, scopes, proved) for function in Function),
        *(
            Readiness(feature, tuple(sorted(costs.functions - functions)), lacking(feature, scopes))
            for feature, costs in COSTS.items()
        ),
    ]


def _of_function(
    function: Function, functions: Collection[Function], scopes: Collection[str], proved: bool
) -> Readiness:
    if function not in functions:
        return Readiness(function, functions=(function,), scopes=lacking(function, scopes))
    unproved = function is Function.LOGIN and not proved
    return Readiness(function, scopes=lacking(function, scopes), unproved=unproved)
