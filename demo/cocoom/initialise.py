"""``python -m demo.cocoom.initialise development.ini``: migrations, then the seed. Quick the second time."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import plaster
from alembic import command
from alembic.config import Config

from demo.cocoom.database import sessionmaker_for
from demo.cocoom.other_version import OtherVersionError, make_room
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
    config = Config(ini)
    try:
        if make_room(config, settings.database_url):
            print("The tables of the host were of another version: they are made anew.")
    except OtherVersionError as error:
        print(error, file=sys.stderr)
        return 1
    command.upgrade(config, "heads")
    sessions = sessionmaker_for(settings.database_url)
    with sessions.begin() as dbsession:
        plant(dbsession)
    sessions.kw["bind"].dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
