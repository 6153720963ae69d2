"""Supabase Lite, which serves auth and storage on the same Postgres."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstack.nodejs import node, package
from devstack.processes import ROOT, answers, inherited

ROLE = "supabase_auth_admin"
PROJECT_CONFIG = ROOT / "supabase" / "config.toml"


@dataclass(frozen=True)
class Lite:
    """One instance, its folder (configuration, stored objects) and its settings."""

    folder: Path
    port: int
    database_url: str
    jwt_secret: str
    publishable_key: str
    secret_key: str

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The command line; run it in `folder`."""
        cli = package("@supabase/lite") / "dist" / "cli" / "index.js"
        return [os.fspath(node()), os.fspath(cli), "start", "--no-admin"]

    def environment(self) -> dict[str, str]:
        """What its configuration refers to, so that no secret is written to a file of ours."""
        return {
            **inherited(),
            "LITE_TELEMETRY": "0",
            "DO_NOT_TRACK": "1",
            "EXPERIMENTAL_STORAGE": "1",
            "LITE_DATABASE_URL": self.database_url,
            "LITE_JWT_SECRET": self.jwt_secret,
            "LITE_PUBLISHABLE_KEY": self.publishable_key,
            "LITE_SECRET_KEY": self.secret_key,
        }

    def configure(self) -> None:
        """Write its configuration: ours for the connection, the project's own for auth."""
        project: dict[str, Any] = {}
        if PROJECT_CONFIG.exists():
            project = tomllib.loads(PROJECT_CONFIG.read_text())
        storage = project.get("storage", {})
        config: dict[str, Any] = {
            "project_id": project.get("project_id", "backbeat"),
            "api": {"port": self.port},
            "db": {"driver": "postgres", "url": "env(LITE_DATABASE_URL)"},
            "auth": {
                **project.get("auth", {}),
                "enabled": True,
                "jwt_secret": "env(LITE_JWT_SECRET)",
                "publishable_key": "env(LITE_PUBLISHABLE_KEY)",
                "secret_key": "env(LITE_SECRET_KEY)",
            },
            "storage": {
                "enabled": True,
                "file_size_limit": storage.get("file_size_limit", "50MiB"),
            },
        }
        target = self.folder / "supabase" / "config.toml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_toml(config))

    def is_ready(self) -> bool:
        """Whether it answers, asked for buckets too.

        For the first who asks for what is stored it grants to the roles of clients, and of two who
        ask then at once one is told that the resource already exists.
        """
        key = {"apikey": self.publishable_key}
        return all(
            answers(f"{self.url}{path}", key) for path in ("/auth/v1/health", "/storage/v1/bucket")
        )


def _toml(table: dict[str, Any], path: str = "") -> str:
    """The little TOML a configuration needs: scalars, lists of scalars, tables."""
    plain = {name: value for name, value in table.items() if not isinstance(value, dict)}
    lines = [f"[{path}]"] if path and plain else []
    lines += [f"{name} = {json.dumps(value)}" for name, value in plain.items()]
    parts = ["\n".join(lines)] if lines else []
    for name, value in table.items():
        if isinstance(value, dict):
            parts.append(_toml(value, f"{path}.{name}" if path else name))
    return "\n\n".join(part for part in parts if part) + "\n"
