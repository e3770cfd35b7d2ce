"""Every text that the code marks with N_() exists in French, with the same fields, and no catalogue holds more."""

from __future__ import annotations

import ast
import re
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from cocoom_slack_plugin.translations import LOCALES, best_locale, translations

PACKAGE = Path(str(resources.files("cocoom_slack_plugin")))
FIELD = re.compile(r"\{(\w*)\}")
IN_TEMPLATE = re.compile(r'_\("([^"]+)"\)')


def _marked(source: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Call))
    marks = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "N_"]
    assert all(isinstance(call.args[0], ast.Constant) for call in marks), f"{source}: N_() takes a literal"
    return {str(call.args[0].value) for call in marks if isinstance(call.args[0], ast.Constant)}


def _texts(room: str) -> set[str]:
    found = {text for source in (PACKAGE / room).rglob("*.py") for text in _marked(source)}
    for template in (PACKAGE / "templates" / room).rglob("*.jinja2"):
        found |= set(IN_TEMPLATE.findall(template.read_text("utf-8")))
    return found


def _catalogue(room: str) -> Catalog:
    with (PACKAGE / "locale" / "fr" / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


ROOMS = ["login", "notifications"]


@pytest.mark.parametrize("room", ROOMS)
def test_every_marked_text_is_in_its_rooms_catalogue_and_no_stale_one(room: str) -> None:
    texts = _texts(room)
    assert texts
    assert {str(message.id) for message in _catalogue(room) if message.id} == texts


@pytest.mark.parametrize("room", ROOMS)
def test_the_french_has_the_same_fields(room: str) -> None:
    for message in _catalogue(room):
        if message.id:
            assert message.string, message.id
            assert not message.fuzzy, message.id
            fields = sorted(FIELD.findall(str(message.string)))
            assert fields == sorted(FIELD.findall(str(message.id))), message.id


def test_nothing_outside_the_rooms_marks_texts() -> None:
    marking = {source.relative_to(PACKAGE).parts[0] for source in PACKAGE.rglob("*.py") if _marked(source)}
    assert marking <= set(ROOMS)


def test_every_locale_has_a_catalogue() -> None:
    assert translations("en").gettext("In {thread}") == "In {thread}"
    assert translations("fr").gettext("In {thread}") == "Dans {thread}"
    assert set(LOCALES) == {"en", "fr"}


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        (("fr",), "fr"),
        (("fr-CA",), "fr"),
        (("FR_be",), "fr"),
        ((None, "fr"), "fr"),
        (("de", "fr", "en"), "fr"),
        (("de",), "en"),
        ((), "en"),
        (("", None), "en"),
        (("french",), "en"),
    ],
)
def test_the_best_locale_is_the_first_wanted_that_there_is(wanted: tuple[str | None, ...], best: str) -> None:
    assert best_locale(*wanted) == best
