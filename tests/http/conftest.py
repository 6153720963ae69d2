"""The API through the full stack."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.http.api import Api, settle
from tests.plugins.stack import RunningStack


@pytest.fixture(scope="package")
def api(stack: RunningStack) -> Iterator[Api]:
    """The session's stack, with people signed up."""
    people = settle(stack.database_url)
    with httpx.Client(base_url=stack.url, timeout=30, trust_env=False) as client:
        yield Api(stack, client, people)
