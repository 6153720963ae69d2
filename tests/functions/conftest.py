"""Fixtures of the functions' tests: a token issuer and a server of probe functions."""

from collections.abc import Iterator

import pytest

from tests.functions.server import (
    CRON_SECRET,
    JWT_SECRET,
    NOWHERE,
    PROBE,
    SECRET_KEY,
    FunctionsServer,
    Issuer,
    running_functions,
)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """A token issuer that stands for both Supabase Auth and Google."""
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="session")
def probe(issuer: Issuer) -> Iterator[FunctionsServer]:
    """The probe functions, with every setting set."""
    with running_functions(
        PROBE,
        SUPABASE_URL=NOWHERE,
        SUPABASE_SECRET_KEY=SECRET_KEY,
        SUPABASE_JWT_SECRET=JWT_SECRET,
        SUPABASE_JWKS_URL=issuer.url,
        CRON_SECRET=CRON_SECRET,
        CRON_OIDC_AUDIENCE="backbeat-functions",
        CRON_OIDC_SERVICE_ACCOUNT="scheduler@project.iam.gserviceaccount.com",
        GOOGLE_JWKS_URL=f"{issuer.url}?google",
        ALLOWED_ORIGINS="https://app.example.com, https://admin.example.com/",
        MAX_BODY_BYTES="2000",
    ) as server:
        yield server
