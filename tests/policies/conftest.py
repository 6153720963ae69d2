"""The community of tests/hostile.py, for those who attack it in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.database import Connection, Database
from tests.hostile import settle_community
from tests.policies.attacker import Scene, read_scene


@pytest.fixture(scope="module")
def community(clone: Callable[[str], Database], template: str) -> Iterator[Connection]:
    """A database of one's own with a row of every kind in it."""
    database = clone(template)
    with database.connect() as connection:
        settle_community(connection)
        connection.execute("vacuum analyze")
    with database.connect(autocommit=False) as connection:
        yield connection
    database.drop()


@pytest.fixture
def scene(community: Connection) -> Iterator[Scene]:
    """The community, to be left as it was."""
    yield read_scene(community)
    community.rollback()
