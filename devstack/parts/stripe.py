"""Stripe by a server of ours, with pages that people pay on, and no money."""

from __future__ import annotations

import sys
from pathlib import Path

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def stripe(
    *, port: int, secret_key: str, webhook_secret: str, webhook_url: str, state: Path
) -> Part:
    """`GET /fake/webhooks` says what is under way; the log has a line for each event."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="stripe",
        command=[sys.executable, "-m", "devstack.stripe"],
        folder=ROOT,
        environment={
            **inherited(),
            "PORT": str(port),
            "STRIPE_SECRET_KEY": secret_key,
            "STRIPE_WEBHOOK_SECRET": webhook_secret,
            "WEBHOOK_URL": webhook_url,
            "STATE": str(state),
        },
        url=url,
        is_ready=lambda: answers(f"{url}/fake/webhooks"),
        version="ours",
    )
