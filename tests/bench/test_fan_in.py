"""Hundreds who like one post are one thing to be told of, however they come in."""

from __future__ import annotations

import pytest

from bench.fan_in import fan_in
from tests.database import Connection


@pytest.mark.parametrize("size", [1_000, 70], ids=["at once", "in turns"])
def test_a_post_liked_by_hundreds_is_one_notification(size: int, community: Connection) -> None:
    told = fan_in(community, likers=300, size=size)
    assert told.rows == 1
    assert told.actors == 300
    assert told.shown == 3
    assert told.milestones == 1  # the highest reached, 250
