"""Every text that the code marks exists in French, with the same fields, and no catalogue holds more."""

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


Text = str | tuple[str, ...]
"""A text, or its forms for one and for many."""
MARKS = {"N_": 1, "P_": 2}


def _marked(source: Path) -> set[Text]:
    calls = (node for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Call))
    marks = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKS]
    found: set[Text] = set()
    for call in marks:
        forms = tuple(each.value for each in call.args if isinstance(each, ast.Constant))
        assert isinstance(call.func, ast.Name)
        assert len(forms) == len(call.args) == MARKS[call.func.id], f"{source}:{call.lineno} takes literals"
        assert all(isinstance(form, str) for form in forms)
        found.add(str(forms[0]) if len(forms) == 1 else tuple(map(str, forms)))
    return found


def _texts(room: str) -> set[Text]:
    found = {text for source in (PACKAGE / room).rglob("*.py") for text in _marked(source)}
    for template in (PACKAGE / "templates" / room).rglob("*.jinja2"):
        found |= set(IN_TEMPLATE.findall(template.read_text("utf-8")))
    return found


def _catalogue(room: str) -> Catalog:
    with (PACKAGE / "locale" / "fr" / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


ROOMS = ["connect", "login", "notifications"]


@pytest.mark.parametrize("room", ROOMS)
def test_every_marked_text_is_in_its_rooms_catalogue_and_no_stale_one(room: str) -> None:
    texts = _texts(room)
    assert texts
    assert {_as_marked(message.id) for message in _catalogue(room) if message.id} == texts


def _as_marked(text: Text | list[str]) -> Text:
    return text if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("room", ROOMS)
def test_the_french_has_the_same_fields(room: str) -> None:
    for message in _catalogue(room):
        if message.id:
            assert not message.fuzzy, message.id
            forms, ours = _forms(message.string), _forms(message.id)
            assert all(forms), message.id
            assert list(map(_fields, forms)) == list(map(_fields, ours)), message.id


def _forms(text: Text | list[str]) -> list[str]:
    """French and English have two each: for one and for many."""
    return [text] if isinstance(text, str) else list(text)


def _fields(text: str) -> list[str]:
    return sorted(FIELD.findall(text))


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_plural_text_says_of_many_names_the_number(room: str) -> None:
    for _, many in (text for text in _texts(room) if not isinstance(text, str)):
        assert "count" in _fields(many), many


def test_french_counts_none_as_one_and_english_as_many() -> None:
    forms = ("{count} post", "{count} posts")
    assert [translations("fr").ngettext(*forms, number)[8:] for number in (0, 1, 2)] == [
        "publication",
        "publication",
        "publications",
    ]
    assert [translations("en").ngettext(*forms, number)[8:] for number in (0, 1, 2)] == [
        "posts",
        "post",
        "posts",
    ]


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
