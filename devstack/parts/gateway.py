"""The gateway: the one address clients use, which routes to every other part."""

from __future__ import annotations

import sys

from devstack.processes import ROOT, inherited, listens
from devstack.supervisor import Part


def gateway(
    *,
    port: int,
    publishable_key: str,
    secret_key: str,
    jwt_secret: str,
    lite_url: str,
    postgrest_url: str,
    functions_url: str,
    realtime_url: str,
) -> Part:
    """Lite is given the same keys as clients use, so they need no mapping there."""
    return Part(
        name="gateway",
        command=[sys.executable, "-m", "devstack.gateway"],
        folder=ROOT,
        environment={
            **inherited(),
            "GATEWAY_PORT": str(port),
            "PUBLISHABLE_KEY": publishable_key,
            "SECRET_KEY": secret_key,
            "JWT_SECRET": jwt_secret,
            "LITE_URL": lite_url,
            "LITE_PUBLISHABLE_KEY": publishable_key,
            "LITE_SECRET_KEY": secret_key,
            "POSTGREST_URL": postgrest_url,
            "FUNCTIONS_URL": functions_url,
            "REALTIME_URL": realtime_url,
        },
        url=f"http://127.0.0.1:{port}",
        is_ready=lambda: listens(port),
        version="ours",
    )
