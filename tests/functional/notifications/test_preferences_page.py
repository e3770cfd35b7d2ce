"""The page on which people say what they want to be told in Slack: what it shows, saves and refuses, and to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text, update

from cocoom_hooks.payloads import Tenant, User
from cocoom_slack_plugin.connections.tables import connection
from cocoom_slack_plugin.notifications import kinds
from cocoom_slack_plugin.notifications.preferences import NOTHING_SAID, Preferences
from cocoom_slack_plugin.notifications.schedule import Every, QuietHours, Schedule
from cocoom_slack_plugin.people.tables import person
from cocoom_slack_plugin.testing import make_user

from .pages_host import ACME, GLOBEX, OFF, PATH, PagesHost

BOB = make_user("bob", display_name="Bob")
JEAN = make_user("jean", locale="fr")
ALL_SAID = Preferences(
    frozenset({kinds.EDITS, kinds.REMOVED_POSTS}),
    QuietHours(22 * 60 + 30, 7 * 60),
    Schedule(Every.WEEKLY, 17, 4),
    "America/New_York",
)
TYPED = {
    "tell": kinds.COMMENTS,
    "digest": "weekly",
    "hour": "17",
    "weekday": "4",
    "quiet_from": "22:30",
    "quiet_to": "07:00",
    "timezone": "America/New_York",
}


@pytest.fixture
def host(tables: Engine) -> PagesHost:
    made = PagesHost(tables)
    made.connect(ACME)
    made.connect(GLOBEX, login_enabled=True)
    return made


@pytest.fixture
def bob(host: PagesHost) -> Any:
    return host.browser(ACME, BOB)


def send(browser: Any, tenant: Tenant = ACME, **changes: Any) -> Any:
    """Post the form as a browser does, but with whatever fields."""
    token = browser.get(PATH).forms[0]["csrf_token"].value
    fields = {**TYPED, **changes, "csrf_token": token}
    return browser.post(PATH, fields, headers={"Origin": tenant.url}, expect_errors=True)


def submit(answer: Any) -> Any:
    return answer.forms[0].submit(headers={"Origin": ACME.url}, expect_errors=True)


# --- showing ---


def test_whoever_said_nothing_is_told_everything_at_once(bob: Any) -> None:
    page = bob.get(PATH)
    form = page.forms[0]
    assert [box.checked for box in form.fields["tell"]] == [True] * 4
    assert [box._value for box in form.fields["tell"]] == [
        kinds.COMMENTS,
        kinds.EDITS,
        kinds.REMOVED_POSTS,
        kinds.REMOVED_COMMENTS,
    ]
    assert (form["digest"].value, form["hour"].value, form["weekday"].value) == ("now", "9", "0")
    assert (form["quiet_from"].value, form["quiet_to"].value, form["timezone"].value) == ("", "", "")
    assert "As Acme &lt;Base&gt; has it: Europe/Paris" in page.text
    assert 'role="alert"' not in page.text


def test_what_was_said_is_shown(host: PagesHost, bob: Any) -> None:
    host.say(ACME, BOB, ALL_SAID)
    form = bob.get(PATH).forms[0]
    assert [box.checked for box in form.fields["tell"]] == [True, False, False, True]
    assert {name: form[name].value for name in TYPED if name != "tell"} == {
        name: value for name, value in TYPED.items() if name != "tell"
    }


@pytest.mark.parametrize(
    ("of_the_user", "of_the_base", "shown"),
    [
        ("Asia/Kathmandu", "Europe/Paris", "Asia/Kathmandu"),
        (None, "Europe/Paris", "Europe/Paris"),
        ("Europe/Atlantis", "Europe/Paris", "Europe/Paris"),
        (None, "nonsense", "UTC"),
    ],
)
def test_the_time_zone_is_the_users_else_the_bases(
    host: PagesHost, of_the_user: str | None, of_the_base: str, shown: str
) -> None:
    tenant = replace(ACME, timezone=of_the_base)
    host.services.tenants = (tenant,)
    page = host.browser(tenant, replace(BOB, timezone=of_the_user)).get(PATH)
    assert f"has it: {shown}<" in page.text


def test_every_field_has_a_label_and_every_description_exists(bob: Any) -> None:
    for page in (bob.get(PATH), send(bob, quiet_to="", hour="25", timezone="x", digest="x", tell="x")):
        html = page.html
        for each in html.select("main input:not([type=hidden]), main select"):
            named = each.find_parent("label") or html.select_one(f'label[for="{each.get("id")}"]')
            assert named, each
            assert named.get_text(strip=True)
            assert each.find_parent("fieldset").find("legend")
        described = [
            ids for each in html.select("[aria-describedby]") for ids in each["aria-describedby"].split()
        ]
        assert described
        assert all(html.find(id=each) for each in described)
        ids = [each["id"] for each in html.select("[id]")]
        assert len(ids) == len(set(ids))


def test_nothing_on_it_needs_a_script_or_another_server(bob: Any) -> None:
    page = bob.get(PATH)
    assert not page.html.select("script, style, [style], [onclick], [onchange], img")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert policy.endswith("frame-ancestors 'none'; form-action 'self'")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    stylesheet = bob.get(page.html.select_one("link[rel=stylesheet]")["href"])
    assert stylesheet.content_type == "text/css"


# --- languages ---


def test_in_french(host: PagesHost) -> None:
    jean = host.browser(ACME, JEAN)
    page = jean.get(PATH)
    assert page.html.html["lang"] == "fr"
    for said in (
        "Messages directs dans Slack",
        "Quelqu’un a commenté une de mes publications",
        "Une fois par jour du lundi au vendredi",
        "vendredi</option>",
        "09:00</option>",
        'label="Océan Indien"',
        "jean@acme.example",
    ):
        assert said in page.text
    saved = submit(page).follow()
    assert "Enregistré." in saved.text
    refused = send(jean, hour="25", quiet_from="")
    assert "« 25 » n’est pas une heure de la journée." in refused.text
    assert "Remplissez les deux heures" in refused.text


def test_in_english(bob: Any) -> None:
    page = bob.get(PATH)
    assert page.html.html["lang"] == "en"
    assert "Friday</option>" in page.text
    assert "Somebody commented on a post of mine" in page.text


def test_the_user_speaks_before_the_base(host: PagesHost) -> None:
    assert host.browser(GLOBEX, BOB).get(PATH).html.html["lang"] == "fr"
    assert host.browser(GLOBEX, replace(BOB, locale="en")).get(PATH).html.html["lang"] == "en"


# --- saving ---


def test_what_was_chosen_is_saved_and_shown_again(host: PagesHost, bob: Any) -> None:
    form = bob.get(PATH).forms[0]
    for box in form.fields["tell"]:
        box.checked = box._value in (kinds.COMMENTS, kinds.REMOVED_COMMENTS)
    form["digest"].value = "weekly"
    form["hour"].value = "17"
    form["weekday"].select(text="Friday")
    form["quiet_from"].value, form["quiet_to"].value = "22:30", "07:00"
    form["timezone"].value = "America/New_York"
    answer = form.submit(headers={"Origin": ACME.url})
    assert (answer.status_int, answer.location) == (303, f"{ACME.url}{PATH}?saved")
    assert host.said(ACME, BOB) == ALL_SAID
    page = answer.follow()
    assert page.html.select_one("[role=status]").text == "Saved."
    assert submit(page).status_int == 303
    assert host.said(ACME, BOB) == ALL_SAID


@pytest.mark.parametrize("every", Every)
def test_every_kind_of_digest_is_saved(host: PagesHost, bob: Any, every: Every) -> None:
    assert send(bob, digest=every.value).status_int == 303
    assert host.said(ACME, BOB).digest == Schedule(every, 17, 4)


def test_everything_can_be_taken_back(host: PagesHost, bob: Any) -> None:
    host.say(ACME, BOB, ALL_SAID)
    send(bob, tell=list(kinds.PERSONAL_WORDS), digest="now", quiet_from="", quiet_to="", timezone="")
    assert host.said(ACME, BOB) == NOTHING_SAID


def test_nothing_at_all_may_be_wanted(host: PagesHost, bob: Any) -> None:
    assert send(bob, tell=[]).status_int == 303
    assert host.said(ACME, BOB).off == frozenset(kinds.PERSONAL_WORDS)


def test_an_old_name_of_a_time_zone_is_kept(host: PagesHost, bob: Any) -> None:
    host.say(ACME, BOB, Preferences(timezone="CET"))
    page = bob.get(PATH)
    assert page.forms[0]["timezone"].value == "CET"
    assert submit(page).status_int == 303
    assert host.said(ACME, BOB).timezone == "CET"


def test_it_is_saved_for_nobody_else(host: PagesHost, bob: Any) -> None:
    host.say(GLOBEX, BOB, ALL_SAID)
    host.say(ACME, JEAN, ALL_SAID)
    send(bob, digest="hourly")
    assert host.said(GLOBEX, BOB) == host.said(ACME, JEAN) == ALL_SAID
    assert host.said(ACME, BOB).digest == Schedule(Every.HOURLY, 17, 4)


# --- what cannot be ---


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("tell", "gossip", "nothing to tell that is called “gossip”"),
        ("tell", [kinds.COMMENTS, "gossip"], "nothing to tell that is called “gossip”"),
        ("digest", "yearly", "“yearly” is not one of the choices."),
        ("digest", "", "“” is not one of the choices."),
        ("hour", "25", "“25” is no hour of the day."),
        ("hour", "-1", "“-1” is no hour of the day."),
        ("hour", "noon", "“noon” is no hour of the day."),
        ("weekday", "7", "“7” is no day of the week."),
        ("quiet_from", "25:00", "“25:00” is no time of the day."),
        ("quiet_from", "22", "“22” is no time of the day."),
        ("quiet_from", "", "Fill in both times, or leave both empty."),
        ("quiet_to", "", "Fill in both times, or leave both empty."),
        ("quiet_to", "07:60", "“07:60” is no time of the day."),
        ("quiet_to", "٠٧:٠٠", "“٠٧:٠٠” is no time of the day."),
        ("quiet_to", "22:30", "begin and end at the same time"),
        ("timezone", "Europe/Atlantis", "The time zone “Europe/Atlantis” is not known."),
        ("timezone", "../../etc/passwd", "The time zone “../../etc/passwd” is not known."),
        ("timezone", "<script>{email}", "The time zone “&lt;script&gt;{email}” is not known."),
    ],
    ids=str,
)
def test_it_is_said_at_the_field_and_nothing_typed_is_lost(
    host: PagesHost, bob: Any, field: str, typed: str | list[str], said: str
) -> None:
    before = Preferences(digest=Schedule(Every.HOURLY))
    host.say(ACME, BOB, before)
    page = send(bob, **{field: typed})
    assert page.status_int == 400
    assert "Nothing was saved yet" in page.html.select_one("[role=alert]").text
    problem = page.html.find(id=f"{field}-problem")
    assert said in problem.decode_contents(formatter="minimal")
    flagged = page.html.select_one(f'[aria-describedby~="{field}-problem"]')
    assert field in (flagged.get("name"), (flagged.select_one("input") or {}).get("name"))
    assert len(page.html.select("[id$=-problem]")) == 1
    form = page.forms[0]
    for name, value in {**TYPED, field: typed}.items():
        # A box or a button that does not exist cannot be shown as chosen; the message names it.
        if name not in ("tell", "digest"):
            assert form[name].value == value
    assert [box._value for box in form.fields["tell"] if box.checked] == (
        [] if typed == "gossip" else [kinds.COMMENTS]
    )
    assert host.said(ACME, BOB) == before


def test_everything_wrong_is_said_at_once(bob: Any) -> None:
    page = send(bob, tell="x", digest="x", hour="x", weekday="x", quiet_from="x", quiet_to="", timezone="x")
    assert {each["id"].removesuffix("-problem") for each in page.html.select("[id$=-problem]")} == {
        "tell",
        "digest",
        "hour",
        "weekday",
        "quiet_from",
        "quiet_to",
        "timezone",
    }


def test_fields_that_are_missing_are_no_fields(host: PagesHost, bob: Any) -> None:
    token = bob.get(PATH).forms[0]["csrf_token"].value
    page = bob.post(PATH, {"csrf_token": token}, headers={"Origin": ACME.url}, status=400)
    assert "look at the marked fields" in page.text
    assert host.said(ACME, BOB) == NOTHING_SAID


def test_bytes_that_are_no_text(host: PagesHost, bob: Any) -> None:
    token = bob.get(PATH).forms[0]["csrf_token"].value
    headers = {"Origin": ACME.url, "X-CSRF-Token": token}
    page = bob.post(PATH, b"hour=%ff&digest=now", headers=headers, status=400)
    assert "“�” is no hour of the day." in page.text
    assert bob.get(f"{PATH}?%ff=%ff").status_int == 200


# --- to whom ---


def test_a_post_from_elsewhere_saves_nothing_and_shows_nothing_of_it(host: PagesHost, bob: Any) -> None:
    host.say(ACME, BOB, ALL_SAID)
    bob.get(PATH)
    without = bob.post(PATH, {**TYPED, "hour": "3"}, headers={"Origin": ACME.url}, status=400)
    token = bob.get(PATH).forms[0]["csrf_token"].value
    elsewhere = {"Origin": "https://evil.example"}
    foreign = bob.post(PATH, {**TYPED, "hour": "3", "csrf_token": token}, headers=elsewhere, status=400)
    for answer in (without, foreign):
        assert "did not come from this page" in answer.html.select_one("[role=alert]").text
        assert answer.forms[0]["hour"].value == "17"
    assert host.said(ACME, BOB) == ALL_SAID


def test_nobody_signed_in_is_asked_to_sign_in(host: PagesHost) -> None:
    stranger = host.browser(ACME)
    page = stranger.get(PATH, status=403)
    assert "Sign in to Acme &lt;Base&gt; first" in page.text
    assert page.html.select_one("main a")["href"] == f"{ACME.url}/"
    assert not page.forms
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]
    assert stranger.post(PATH, TYPED, headers={"Origin": ACME.url}, expect_errors=True).status_int == 403
    assert "Connectez-vous d’abord" in host.browser(GLOBEX).get(PATH, status=403).text


def test_a_session_of_another_base_counts_for_nothing(host: PagesHost, bob: Any) -> None:
    at_globex = host.browser(GLOBEX)
    for name, value in bob.cookies.items():
        at_globex.set_cookie(name, value)
    assert at_globex.get(PATH, status=403)


def test_where_the_operator_has_switched_it_off_the_host_keeps_the_path(host: PagesHost) -> None:
    host.connect(OFF)
    assert host.browser(OFF, BOB).get(PATH, status=404).text == "the host's own 404"
    assert host.entries(OFF, BOB) == []


def test_where_the_administrator_has_switched_it_off_the_host_keeps_the_path(
    host: PagesHost, bob: Any
) -> None:
    host.execute(update(connection).values(notifications_enabled=False))
    assert bob.get(PATH, status=404).text == "the host's own 404"
    assert bob.post(PATH, TYPED, status=404).text == "the host's own 404"


def test_a_base_that_is_not_connected_has_no_such_page(host: PagesHost, bob: Any) -> None:
    host.execute(connection.delete())
    assert bob.get(PATH, status=404).text == "the host's own 404"


def test_other_methods_are_not_answered(bob: Any) -> None:
    assert bob.put(PATH, TYPED, status=405)
    assert bob.delete(PATH, status=405)


def test_while_the_connection_is_broken_it_says_so_and_saves(host: PagesHost, bob: Any) -> None:
    assert "does not work at the moment" not in bob.get(PATH).text
    host.execute(update(connection).values(health="broken"))
    page = bob.get(PATH)
    assert "The connection to Slack does not work at the moment." in page.text
    assert submit(page).status_int == 303


@pytest.mark.parametrize("table", ["connection", "preference"])
def test_without_the_database_it_says_that_it_does_not_work(host: PagesHost, bob: Any, table: str) -> None:
    host.execute(text(f"ALTER TABLE cocoom_slack_{table} RENAME TO gone"))
    try:
        page = bob.get(PATH, status=503)
    finally:
        host.execute(text(f"ALTER TABLE gone RENAME TO cocoom_slack_{table}"))
    assert "This page does not work at the moment." in page.text
    assert "Traceback" not in page.text


# --- who they are in Slack ---


def match(host: PagesHost, tenant: Tenant, user: User, source: str, team: str) -> None:
    values = {"tenant_id": tenant.id, "user_id": user.id, "team_id": team, "slack_user_id": "U0BOB"}
    host.execute(insert(person).values(**values, source=source))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("login", "Slack itself confirmed"),
        ("email", "found by your e-mail address bob@acme.example"),
        ("hand", "An administrator entered"),
    ],
)
def test_how_somebody_is_known(host: PagesHost, bob: Any, source: str, said: str) -> None:
    match(host, ACME, BOB, source, "T0ACME")
    page = bob.get(PATH).text
    assert said in page
    assert "not known yet" not in page
    assert "U0BOB" not in page
    assert "tell an administrator" in page


def test_somebody_unknown_learns_how_they_are_looked_for_and_what_to_do(host: PagesHost, bob: Any) -> None:
    page = bob.get(PATH).text
    assert "it is looked for by your e-mail address bob@acme.example" in page
    assert "ask an administrator" in page
    host.execute(update(connection).values(scopes=["chat:write"]))
    assert "nothing can be told you there" in bob.get(PATH).text


def test_a_match_in_a_former_workspace_does_not_count(host: PagesHost, bob: Any) -> None:
    match(host, ACME, BOB, "login", "T0FORMER")
    assert "not known yet" in bob.get(PATH).text


def test_where_login_runs_people_can_link_their_account_themselves(host: PagesHost, bob: Any) -> None:
    at_globex = host.browser(GLOBEX, replace(BOB, locale="en"))
    assert at_globex.get(PATH).html.select_one('a[href="/slack/account"]').text == (
        "Link your Slack account, or look at the link"
    )
    assert at_globex.get("/slack/account").status_int == 200
    assert "/slack/account" not in bob.get(PATH)
    host.execute(update(connection).values(login_enabled=False))
    assert "/slack/account" not in at_globex.get(PATH)


# --- what the host shows ---


def test_the_entries_on_a_users_own_settings_page(host: PagesHost) -> None:
    assert [(each.id, each.url) for each in host.entries(ACME, BOB)] == [("slack-notifications", PATH)]
    both = host.entries(GLOBEX, BOB)
    assert [(each.id, each.url) for each in both] == [
        ("slack-account", "/slack/account"),
        ("slack-notifications", PATH),
    ]
    assert [each.label for each in both] == ["Votre compte Slack", "Messages directs dans Slack"]
    in_english = host.entries(GLOBEX, replace(BOB, locale="en"))
    assert [each.label for each in in_english] == ["Your Slack account", "Direct messages in Slack"]
    assert all(each.description for each in in_english)
    assert host.entries(ACME) == host.entries(GLOBEX) == []
    host.execute(update(connection).values(notifications_enabled=False))
    assert host.entries(ACME, BOB) == []
    assert [each.id for each in host.entries(GLOBEX, BOB)] == ["slack-account"]
    assert not host.hooks.failures
