"""Addresses, errors, headers, and what plugins add to the pages."""

from __future__ import annotations

import html

import pytest
from webtest import TestApp

from cocoom_hooks import PluginSetupError, hookimpl
from cocoom_hooks.payloads import PageEntry, SignInOption
from demo.cocoom.app import main, make_application
from demo.cocoom.settings import HostSettings, SettingsError


def test_an_unknown_base_is_404_everywhere(browse):
    nobody = browse(subdomain="nobody")
    for path in ("/", "/login", "/oidc", "/assets/cocoom.css"):
        nobody.read(path, status=404)


def test_a_foreign_host_header_is_misdirected(browse):
    stranger = browse()
    for host in ("evil.example", "localhost:6543", "acme.cocoom.example"):
        stranger.app.extra_environ["HTTP_HOST"] = host
        assert "No base lives at this address" in stranger.read("/login", status=421).text


def test_forwarded_headers_change_nothing(browse):
    answer = browse().app.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert answer.location.startswith("http://acme.localhost:6543/login")


def test_oidc_without_a_plugin_says_how_people_sign_in(browse):
    assert "Cocoom account" in browse(subdomain="globex").read("/oidc").text


def test_an_unknown_page_is_404_in_words(browse):
    assert "There is no such page" in browse("bob").read("/nowhere", status=404).text
    assert "There is no such page" in browse("bob").read("/sign-out", status=404).text


def test_every_page_has_a_strict_policy_and_no_script(browse):
    alice = browse("alice")
    paths = [
        "/",
        "/directory",
        "/administration",
        "/settings",
        "/publish",
        "/posts/acme-welcome",
        "/people/acme-bob",
        "/settings",
        "/threads/acme-product/import",
        "/nowhere",
    ]
    for path in paths:
        answer = alice.read(path, status="*")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script" not in answer.text
        assert "style=" not in answer.text


def test_every_input_has_a_label(browse):
    alice = browse("alice")
    alice.send("/posts/acme-welcome/comments", text="x")
    forms = ("/publish", "/share", "/posts/acme-welcome", "/directory", "/administration", "/login")
    for path in (*forms, "/settings", "/threads/acme-product/import"):
        page = alice.read(path).html if path != "/login" else browse().read(path).html
        labelled = {label["for"] for label in page.find_all("label") if label.has_attr("for")}
        for field in page.select("input:not([type=hidden]), select, textarea"):
            assert field.get("id") in labelled or field.find_parent("label"), (path, field)


def test_what_people_write_is_shown_as_text(browse):
    bob = browse("bob")
    answer = bob.send(
        "/publish", thread="acme-general", template="basic", title="<b>x</b>", body="<script>1</script>"
    )
    page = answer.follow().text
    assert html.escape("<b>x</b>") in page
    assert "<script" not in page


def test_a_form_shows_all_its_faults_and_keeps_what_was_typed(browse):
    answer = browse("bob").send("/publish", status=422, title="", subtitle="kept", thread="x", template="x")
    assert answer.text.count("choose one of the list") == 2
    assert "Please fill this in" in answer.text
    assert 'value="kept"' in answer.text


def test_a_sign_in_option_is_a_form_with_token_and_next(browse, recorder):
    recorder.option = SignInOption(
        id="slack",
        label="Sign in with Slack",
        action="/slack/sign-in",
        style="slack-button",
        leads_to=("https://slack.com",),
    )
    page = browse().read("/login?next=/directory")
    form = page.forms["sign-in-slack"]
    assert (form.method, form.action) == ("post", "/slack/sign-in")
    assert form["next"].value == "/directory"
    assert form["csrf_token"].value
    button = page.html.select_one("#sign-in-slack button")
    assert (button.text, button["class"]) == ("Sign in with Slack", ["slack-button"])
    assert "form-action 'self' https://slack.com;" in page.headers["Content-Security-Policy"]


def test_an_exclusive_option_leaves_no_other_way_in(browse, recorder):
    recorder.option = SignInOption(id="slack", label="Slack", action="/slack/sign-in", exclusive=True)
    page = browse().read("/login")
    assert "sign-in-slack" in page.forms
    assert "sign-in" not in page.forms
    answer = browse().sign_in("bob@acme.example", status=403)
    assert "another way" in answer.text


def test_a_sign_in_option_may_bring_a_picture_and_a_stylesheet(browse, recorder):
    recorder.option = SignInOption(
        id="slack",
        label="Sign in",
        action="/x",
        image_url="https://img.example/b.png",
        stylesheet_url="/s/x.css",
    )
    page = browse().read("/login").html
    picture = page.select_one("#sign-in-slack button img")
    assert (picture["src"], picture["alt"]) == ("https://img.example/b.png", "Sign in")
    assert page.select_one('link[href="/s/x.css"]')


def test_without_options_the_login_page_leads_nowhere_else(browse):
    policy = browse().read("/login").headers["Content-Security-Policy"]
    assert "form-action 'self';" in policy


def test_a_plugins_administration_entry_is_shown(browse, recorder):
    recorder.entry = PageEntry(id="slack", label="Slack", url="/slack/connect", description="Connect it")
    page = browse("alice").read("/administration").html
    assert page.select_one("#entry-slack a")["href"] == "/slack/connect"


def test_what_plugins_have_for_a_user_is_on_their_own_settings_page(browse, recorder):
    recorder.own_entries = [
        PageEntry(
            id="one", label="Messages <here>", url="/slack/notifications", description="Which, and when"
        ),
        PageEntry(id="two", label="Account", url="/slack/account"),
    ]
    home = browse("bob").read("/")
    page = home.click("My settings")
    assert [link["href"] for link in page.html.select(".entries a")] == [
        "/slack/notifications",
        "/slack/account",
    ]
    assert page.html.select_one("#entry-one a").text == "Messages <here>"
    assert "/slack/account" not in browse("alice").read("/administration")


def test_without_plugins_the_own_settings_page_says_so(browse):
    assert "No plugin has anything to set up for you." in browse("bob").read("/settings")


def test_a_stranger_has_no_settings(browse):
    assert browse().read("/settings", status=303).location.endswith("/login?next=%2Fsettings")


class OfBase:
    """A route predicate as a plugin has it: this base's requests alone."""

    def __init__(self, value, config):
        self.value = value

    def text(self):
        return f"base = {self.value}"

    phash = text

    def __call__(self, info, request):
        return request.registry.cocoom_hooks.tenant_of_request(request).subdomain == self.value


def test_a_plugin_may_claim_oidc_for_some_bases(settings):
    class Claiming:
        @hookimpl
        def cocoom_configure(self, config):
            config.add_route_predicate("base", OfBase)
            config.add_route("claimed", "/oidc", base="acme")
            config.add_view(lambda request: "claimed", route_name="claimed", renderer="string")

    application = make_application(settings, {"claiming": Claiming()})
    claimed = TestApp(application, extra_environ={"HTTP_HOST": "acme.localhost"}).get("/oidc")
    kept = TestApp(application, extra_environ={"HTTP_HOST": "globex.localhost"}).get("/oidc")
    assert claimed.text == "claimed"
    assert "Cocoom account" in kept.text
    application.registry.cocoom_sessionmaker.kw["bind"].dispose()


@pytest.mark.parametrize(
    "template",
    [
        "https://{subdomain}.cocoom.com",
        "http://{subdomain}.localhost.evil.example",
        "http://localhost:6543",
        "ftp://{subdomain}.localhost",
        "http://{subdomain}.localhost/path",
        "",
    ],
)
def test_the_host_starts_on_loopback_alone(settings, template):
    with pytest.raises(SettingsError, match=r"cocoom\.tenant_url"):
        main({}, **{**settings, "cocoom.tenant_url": template})


@pytest.mark.parametrize("key", ["sqlalchemy.url", "cocoom.secret"])
def test_a_missing_setting_is_named(settings, key):
    with pytest.raises(SettingsError, match=f"{key} is missing"):
        main({}, **{**settings, key: " "})


def test_plugins_are_listed_with_spaces_or_commas(settings):
    read = HostSettings.read({**settings, "cocoom.plugins": "\n  slack, teams\n  other"})
    assert read.plugins == ("slack", "teams", "other")
    assert "only-for-tests" not in repr(read)


def test_a_plugin_that_is_not_installed_stops_the_start(settings):
    with pytest.raises(PluginSetupError, match="not installed"):
        main({}, **{**settings, "cocoom.plugins": "no-such-plugin"})
