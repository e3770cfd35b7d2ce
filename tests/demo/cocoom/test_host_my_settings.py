"""Everybody's own settings: language and time zone, and what plugins are told of them."""

from __future__ import annotations

import pytest

from demo.cocoom.tables import UserRow
from demo.cocoom.views.my_settings import timezones


def test_bases_have_a_time_zone_and_people_have_the_base_s(browse, recorder):
    browse("bob").send("/posts/acme-welcome/comments", text="x")
    event = recorder.only("comment_added")
    assert (event.tenant.timezone, event.actor.timezone, event.actor.locale) == ("Europe/Paris", None, None)


def test_somebody_sets_their_own(browse, recorder, hooks, dbsession):
    bob = browse("bob")
    saved = bob.send("/settings", locale="fr", timezone="America/New_York").follow()
    assert "Saved." in saved.text
    assert saved.html.select_one("#timezone option[selected]")["value"] == "America/New_York"
    assert recorder.heard == []
    bob.send("/posts/acme-welcome/comments", text="x")
    event = recorder.only("comment_added")
    assert (event.actor.locale, event.actor.timezone) == ("fr", "America/New_York")
    assert event.post.author.timezone is None
    assert hooks.user_by_id(event.tenant, "acme-bob", dbsession) == event.actor


def test_and_takes_it_back(browse, dbsession):
    chloe = browse("chloe")
    assert chloe.read("/settings").html.select_one("#locale option[selected]")["value"] == "fr"
    chloe.send("/settings", locale="", timezone="")
    row = dbsession.get_one(UserRow, "acme-chloe")
    assert (row.locale, row.timezone) == (None, None)


@pytest.mark.parametrize(
    "fields", [{"locale": "de", "timezone": ""}, {"locale": "", "timezone": "Mars/Base"}]
)
def test_only_what_is_in_the_lists(browse, dbsession, fields):
    assert "choose one of the list" in browse("bob").send("/settings", status=422, **fields).text
    assert dbsession.get_one(UserRow, "acme-bob").timezone is None


def test_every_page_leads_there_and_readers_may(browse):
    dan = browse("dan")
    assert 'href="/settings"' in dan.read("/").text
    page = dan.read("/settings").html
    assert page.select_one("#timezone option").text == "As Acme: Europe/Paris"
    assert {label["for"] for label in page.find_all("label")} == {"locale", "timezone"}


def test_the_zones_are_places():
    assert {"UTC", "Europe/Paris", "Asia/Tokyo"} <= set(timezones())
    assert not [name for name in timezones() if name.startswith(("Etc", "posix", "US"))]
