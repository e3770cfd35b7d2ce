"""One real PostgreSQL and one real Redis for the whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.servers import Postgres, Redis


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    # Nothing of a test run needs to survive a power cut.
    with Postgres(tmp_path_factory.mktemp("servers") / "postgres", options={"fsync": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with Redis(tmp_path_factory.mktemp("servers") / "redis", options={"appendonly": "no"}) as server:
        yield server
