"""Whatever a tenant is called and wherever it lives, Slack takes its manifest."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as some

from cocoom_slack_plugin.connect.features import COSTS, Feature, Wish
from cocoom_slack_plugin.connect.manifest import LONGEST_LINK, as_json, manifest_of, prefilled_link
from cocoom_slack_plugin.switches import TENANT_NAME, Function
from cocoom_slack_plugin.testing import make_tenant
from demo.slack.manifests.rules import problems

ANY_TEXT = some.text(some.characters(codec=None), max_size=300)
LABEL = some.from_regex(TENANT_NAME, fullmatch=True)
COLORS = some.from_regex(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", fullmatch=True)


@some.composite
def wishes(draw: some.DrawFn) -> Wish:
    functions = draw(some.sets(some.sampled_from(Function), min_size=1))
    possible = [each for each in Feature if COSTS[each].functions <= functions]
    features = draw(some.sets(some.sampled_from(possible))) if possible else set()
    return Wish.of(functions, features)


@given(
    wish=wishes(), name=ANY_TEXT, label=LABEL, color=COLORS, locale=some.sampled_from(["en", "fr", "de", ""])
)
def test_any_tenants_manifest_is_valid_and_its_link_carries_it(
    wish: Wish, name: str, label: str, color: str, locale: str
) -> None:
    tenant = replace(make_tenant(), name=name, url=f"https://{label}.cocoom.com", locale=locale)
    manifest = manifest_of(tenant, wish, color)
    assert problems(manifest) == []
    assert json.loads(as_json(manifest).encode()) == manifest
    link = prefilled_link(manifest, "https://slack.com")
    assert len(link) <= LONGEST_LINK
    carried = json.loads(parse_qs(urlsplit(link).query)["manifest_json"][0])
    assert problems(carried) == []
    assert carried["oauth_config"] == manifest["oauth_config"]


@given(wish=wishes())
def test_it_asks_for_exactly_what_is_wanted(wish: Wish) -> None:
    manifest = manifest_of(make_tenant("acme", url="https://acme.cocoom.com"), wish, "#175AE4")
    scopes = manifest["oauth_config"]["scopes"]
    assert tuple(scopes.get("user", ())) == wish.user_scopes
    assert tuple(scopes.get("bot", ())) == wish.bot_scopes
    assert ("features" in manifest) == (Function.NOTIFICATIONS in wish.functions)
    assert ("redirect_urls" in manifest["oauth_config"]) == (Function.LOGIN in wish.functions)
