"""The smallest host, as docs/embedding.md has it: its three files, ready for a folder and a database."""

from __future__ import annotations

import re
import sys
from configparser import ConfigParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from .documents import blocks, document

PAGE = document("embedding.md")


def the_block(language: str, holding: str) -> str:
    """The one fenced block of the page in this language that holds this text."""
    [found] = [block for block in blocks(PAGE, language) if holding in block]
    return found


HOST = the_block("python", "def main(")
INI = the_block("ini", "[app:main]")
ENVIRONMENT = the_block("python", "context.run_migrations")


def write(folder: Path, database_url: str) -> Path:
    """Write the files as the page shows them, but for the address of the database. Returns the INI file."""
    (folder / "migrations").mkdir(parents=True)
    (folder / "host.py").write_text(HOST, encoding="utf-8")
    (folder / "migrations" / "env.py").write_text(ENVIRONMENT, encoding="utf-8")
    ini = folder / "host.ini"
    text, changed = re.subn(r"(?m)^sqlalchemy\.url = .*$", f"sqlalchemy.url = {database_url}", INI)
    assert changed == 2, (
        "host.ini of docs/embedding.md names the database twice: for the host and for Alembic"
    )
    ini.write_text(text, encoding="utf-8")
    return ini


def settings(ini: Path) -> dict[str, str]:
    """The section of the application, as a server hands it to ``main``."""
    parser = ConfigParser(interpolation=None)
    parser.read(ini, encoding="utf-8")
    return {key: value for key, value in parser["app:main"].items() if key != "use"}


def main(ini: Path) -> Any:
    """The function of ``host.py``, imported as a server would."""
    name = "host_of_the_ten_lines"
    found = spec_from_file_location(name, ini.parent / "host.py")
    assert found is not None
    assert found.loader is not None
    sys.modules[name] = module = module_from_spec(found)
    found.loader.exec_module(module)
    return module.main
