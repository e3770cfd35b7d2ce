"""``python -m demo.cocoom.initialise development.ini``: migrations, then the seed. Quick the second time."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import plaster
from alembic import command
from alembic.config import Config

from demo.cocoom.database import sessionmaker_for
from demo.cocoom.seed import plant
from demo.cocoom.settings import HostSettings


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status. Raises SettingsError unless the bases live on loopback."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if len(given) != 1:
        print("usage: python -m demo.cocoom.initialise development.ini", file=sys.stderr)
        return 2
    [ini] = given
    settings = HostSettings.read(plaster.get_settings(ini, "app:main"))
    command.upgrade(Config(ini), "heads")
    sessions = sessionmaker_for(settings.database_url)
    with sessions.begin() as dbsession:
        plant(dbsession)
    sessions.kw["bind"].dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
