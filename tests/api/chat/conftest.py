"""A room to talk in."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Connection
from tests.rooms import enter_room, make_room


@pytest.fixture
def room(db: Connection) -> uuid.UUID:
    """ada's public room, with ben in it and cleo as moderator."""
    made = make_room(db, "ada")
    enter_room(db, made, "ben")
    enter_room(db, made, "cleo", "moderator")
    return made
