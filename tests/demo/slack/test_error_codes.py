"""House rule: an error code this Slack can give is met by a test."""

from __future__ import annotations

import re
from pathlib import Path

import demo.slack

ROOM = Path(demo.slack.__file__).parent
GIVEN = re.compile(
    r'(?:SlackError|with_messages)\(\s*"([a-z_]+)"|(?:structure|number|_own_message)\([^)]*"([a-z_]+)"\)'
)


def test_every_error_code_is_met_by_a_test() -> None:
    source = "".join(path.read_text("utf-8") for path in ROOM.rglob("*.py"))
    codes = {code for found in GIVEN.findall(source) for code in found if code}
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert len(codes) > 70
    assert sorted(code for code in codes if f'"{code}"' not in tests) == []
