"""Fixtures of the functions' tests: a token issuer, servers of functions, a whole stack."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.functions.live import LiveStack, running_stack
from tests.functions.market import Market, running_market
from tests.functions.server import (
    PROBE,
    FunctionsServer,
    Issuer,
    running_functions,
)


@pytest.fixture(scope="package")
def issuer() -> Iterator[Issuer]:
    """A token issuer that stands for both Supabase Auth and Google."""
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="package")
def probe(issuer: Issuer) -> Iterator[FunctionsServer]:
    """The probe functions, with every setting set."""
    with running_functions(
        PROBE,
        **issuer.settings,
        ALLOWED_ORIGINS="https://app.example.com, https://admin.example.com/",
        MAX_BODY_BYTES="2000",
    ) as server:
        yield server


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    """A whole stack, for the functions that need a database and stored files."""
    with running_stack(tmp_path_factory.mktemp("stack")) as live:
        yield live


@pytest.fixture(scope="package")
def open_market(live: LiveStack) -> Iterator[Market]:
    """A market where everything is switched on."""
    with running_market(live) as market:
        yield market


@pytest.fixture
def market(open_market: Market) -> Iterator[Market]:
    """The market, where nothing of the world outside goes wrong unless the test says so."""
    yield open_market
    open_market.calm()


@pytest.fixture(scope="package")
def serve() -> Iterator[Callable[..., FunctionsServer]]:
    """A function that gives the real functions with these settings, in a process others share.

    A test that ends the process, or looks at it, starts one of its own: running_functions.
    """
    with ExitStack() as running:
        servers: dict[frozenset[tuple[str, str]], FunctionsServer] = {}

        def give(**settings: str) -> FunctionsServer:
            key = frozenset(settings.items())
            if key not in servers:
                servers[key] = running.enter_context(running_functions(None, **settings))
            return servers[key]

        yield give
