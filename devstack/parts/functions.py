"""The cloud functions, each target of functions/main.py behind one router."""

from __future__ import annotations

import sys
from importlib.metadata import version

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def functions(
    *, port: int, supabase_url: str, secret_key: str, jwt_secret: str, cron_secret: str
) -> Part:
    """They reach Supabase through the gateway, as they do when deployed."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="functions",
        command=[sys.executable, "-m", "devstack.functions_router"],
        folder=ROOT,
        environment={
            **inherited(),
            "PORT": str(port),
            "SUPABASE_URL": supabase_url,
            "SUPABASE_SECRET_KEY": secret_key,
            "SUPABASE_JWT_SECRET": jwt_secret,
            "CRON_SECRET": cron_secret,
            "ALLOWED_ORIGINS": "*",
        },
        url=url,
        is_ready=lambda: answers(url),
        version=version("functions-framework"),
    )
