"""The API through the full stack."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from tests.http.api import Api, settle
from tests.plugins.stack import RunningStack, shared_stack

stack = shared_stack()


@pytest.fixture(scope="package")
def api(stack: RunningStack) -> Iterator[Api]:
    """The stack, with people signed up."""
    people = settle(stack.database_url)
    with (
        httpx.Client(base_url=stack.url, timeout=90, trust_env=False) as client,
        psycopg.connect(
            stack.database_url,
            autocommit=True,
            row_factory=dict_row,
            # A digest reads a hundred small tables: it would start two processes each time.
            options="-c max_parallel_workers_per_gather=0",
        ) as watcher,
    ):
        yield Api(stack, client, people, watcher)
