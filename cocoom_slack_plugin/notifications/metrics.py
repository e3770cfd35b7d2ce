"""The backlog as Prometheus reads it: a text for node_exporter's textfile collector, or for whoever asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from cocoom_slack_plugin.notifications.backlog import Backlog

PREFIX = "cocoom_slack_"


class Gauges:
    """One scrape. Labels are tenants and stable codes: no name of a channel, no text, no secret."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.waiting = self._gauge("notices_waiting", "Notices that wait to be posted.")
        self.oldest = self._gauge("oldest_notice_age_seconds", "Age of the notice that waits longest.")
        self.undecided = self._gauge("events_undecided", "Events that no worker has taken up yet.")
        self.dead = self._gauge("dead_letters_last_day", "Notices that failed or are unknown, of 24 hours.")
        self.strangers = self._gauge("people_unknown", "People of the base who were not found in Slack.")
        self.held = self._gauge(
            "held_since_timestamp_seconds", "Since when notices wait for a decision, in Unix time."
        )
        self.pause = self._gauge(
            "workspace_pause_seconds", "How long nothing of the workspace is posted from now on.", "reason"
        )
        self.failures = self._gauge("workspace_failures", "Failures of Slack's in a row.")
        self.troubles = self._gauge("lanes_in_trouble", "Conversations that do not take messages.", "reason")
        self.unrouted = self._gauge("events_unrouted_last_day", "Events of 24 hours that no route means.")

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}{name}", meaning, ["tenant", *labels], registry=self.registry)

    def set(self, tenant: str, found: Backlog) -> None:
        """Show one tenant's backlog."""
        self.waiting.labels(tenant).set(found.waiting)
        self.oldest.labels(tenant).set(round(found.oldest_seconds, 3))
        self.undecided.labels(tenant).set(found.undecided)
        self.dead.labels(tenant).set(found.dead_last_day)
        self.strangers.labels(tenant).set(found.strangers)
        if found.held_since:
            self.held.labels(tenant).set(found.held_since.timestamp())
        if found.pause:
            self.pause.labels(tenant, found.pause.reason or "").set(round(found.pause.seconds, 3))
            self.failures.labels(tenant).set(found.pause.failures)
        for reason, lanes in Counter(each.reason for each in found.troubles).items():
            self.troubles.labels(tenant, reason).set(lanes)
        self.unrouted.labels(tenant).set(found.unrouted)


def exposition(backlogs: Iterable[Backlog], names: Mapping[str, str]) -> str:
    """The text. ``names`` has a tenant's subdomain by its id; one without is shown by its id."""
    gauges = Gauges()
    for each in backlogs:
        gauges.set(names.get(each.tenant_id, each.tenant_id), each)
    return generate_latest(gauges.registry).decode()
