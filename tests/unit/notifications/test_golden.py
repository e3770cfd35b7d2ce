"""Every message in both languages, to the last character: what we send is what these files say.

``UPDATE_GOLDEN=1 pytest tests/unit/notifications/test_golden.py`` writes them anew; then read what `git diff` shows.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cocoom_slack_plugin.notifications.kinds import IN_CHANNELS, TO_PEOPLE
from cocoom_slack_plugin.notifications.render import KINDS
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.translations import LOCALES
from demo.gallery_samples import Sample, samples
from demo.slack.blocks.validation import check_blocks

GOLDEN = Path(__file__).parent / "golden"
EVERY = [(locale, sample) for locale in LOCALES for sample in samples(locale)]
IDS = [f"{sample.name}.{locale}" for locale, sample in EVERY]


def _written(message: Message) -> str:
    parts = {"text": message.text, "blocks": list(message.blocks), "metadata": message.metadata}
    return json.dumps(parts, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize(("locale", "sample"), EVERY, ids=IDS)
def test_the_message_is_what_its_golden_file_says(locale: str, sample: Sample) -> None:
    file, message = GOLDEN / f"{sample.name}.{locale}.json", _written(sample.message)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(message, "utf-8")
    assert file.exists(), f"{file.name} is missing: run again with UPDATE_GOLDEN=1, and read it"
    assert json.loads(message) == json.loads(file.read_text("utf-8")), (
        f"{sample.name} says something else in {locale}: if it should, run again with UPDATE_GOLDEN=1"
    )


@pytest.mark.parametrize(("locale", "sample"), EVERY, ids=IDS)
def test_slack_takes_it(locale: str, sample: Sample) -> None:
    check_blocks(json.loads(json.dumps(sample.message.blocks)))


def test_there_is_a_golden_file_for_every_kind_of_message_and_no_other() -> None:
    found = {file.name.partition(".")[0].partition("-")[0] for file in GOLDEN.iterdir()}
    assert found == KINDS | {"digest"}
    assert {file.name.removesuffix(".json") for file in GOLDEN.iterdir()} == set(IDS)


def test_each_is_there_for_whom_it_is_told() -> None:
    told = {(sample.kind, sample.personal) for sample in samples("en")}
    assert {kind for kind, personal in told if not personal} >= set(IN_CHANNELS)
    assert {kind for kind, personal in told if personal} >= set(TO_PEOPLE)


def test_both_languages_have_the_same_form() -> None:
    """The same blocks with the same elements and links, in other words."""
    for one, other in zip(samples("en"), samples("fr"), strict=True):
        assert _form(one.message) == _form(other.message), one.name


def _form(message: Message) -> list[tuple[object, object]]:
    found: list[tuple[object, object]] = []

    def walk(part: object) -> None:
        if isinstance(part, list):
            for each in part:
                walk(each)
        elif isinstance(part, dict):
            if part.get("type") not in ("text", None):
                found.append((part["type"], part.get("url")))
            walk(part.get("elements"))

    walk(list(message.blocks))
    return sorted(found, key=str)


def test_the_text_of_each_is_a_sentence_that_stands_for_itself() -> None:
    for locale, sample in EVERY:
        text = sample.message.text
        assert len(text) < 4000, sample.name
        if sample.kind != "digest":
            assert "\n" not in text, sample.name
        if sample.name.endswith("gone"):
            assert text.startswith("Acme"), (
                f"{sample.name} in {locale}: names the base, because nothing else is left"
            )
