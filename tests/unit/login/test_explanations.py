from __future__ import annotations

import re
from importlib import resources

import pytest

from cocoom_slack_plugin.login.explanations import EXPLANATIONS, Explanation
from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.translations import translations

PACKAGE = resources.files("cocoom_slack_plugin")
FIELD = re.compile(r"\{(\w+)\}")
IN_TEMPLATE = re.compile(r'_\("([^"]+)"\)')


def _texts() -> set[str]:
    said = {text for each in EXPLANATIONS.values() for text in (each.happened, each.advice)}
    for name in ("refused", "sign_in"):
        source = (PACKAGE / "templates" / "login" / f"{name}.jinja2").read_text("utf-8")
        said |= set(IN_TEMPLATE.findall(source))
    return said


def test_every_code_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Code)


@pytest.mark.parametrize("explanation", EXPLANATIONS.values(), ids=EXPLANATIONS)
def test_statuses(explanation: Explanation) -> None:
    assert explanation.status in (400, 403, 503)


def test_everything_is_in_french_with_the_same_fields() -> None:
    french = translations("fr")
    for text in _texts():
        translated = french.gettext(text)
        assert translated != text, text
        assert set(FIELD.findall(translated)) == set(FIELD.findall(text))
        assert set(FIELD.findall(text)) <= {"base", "workspace"}
