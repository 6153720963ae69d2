"""A whole stack of one's own, for the functions that need a database and stored files."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt

from backbeat.database import Database, open_database
from backbeat.settings import Settings
from devstack.home import Home
from devstack.processes import stop
from devstack.stack import Stack
from devstack.supervisor import Part, Supervisor
from tests.functions.server import bearer, person_claims
from tests.patience import PATIENCE_SECONDS

PNG = b"\x89PNG\r\n\x1a\n"


class LiveStack:
    """A running stack and what the tests do with it."""

    def __init__(self, stack: Stack, supervisor: Supervisor) -> None:
        self.stack = stack
        self._supervisor = supervisor
        key = stack.secret_key
        self.api = httpx.Client(
            base_url=stack.url, headers={"apikey": key, **bearer(key)}, timeout=120, trust_env=False
        )
        self.settings = {
            "SUPABASE_URL": stack.url,
            "SUPABASE_SECRET_KEY": key,
            "SUPABASE_JWT_SECRET": stack.secrets.jwt_secret,
            "CRON_SECRET": stack.secrets.cron_secret,
        }
        self._owner = stack.server.connect()
        self.scheduler = bearer(stack.secrets.cron_secret)

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        """Run a statement as the owner of the database; return its rows."""
        # By one connection, kept: to open one costs more than most statements do.
        cursor = self._owner.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def door(self) -> Iterator[Database]:
        """The functions' own door to the database, and a patient one."""
        values: dict[str, object] = {name.lower(): value for name, value in self.settings.items()}
        values["database_timeout_seconds"] = PATIENCE_SECONDS
        database = open_database(Settings.model_validate(values))
        try:
            yield database
        finally:
            database.close()

    def person(self, username: str, files: int = 0) -> uuid.UUID:
        """Sign somebody up, with so many files in their folder of the bucket avatars."""
        answer = self.api.post(
            "/auth/v1/signup",
            json={
                "email": f"{username}@example.com",
                "password": "correct-horse-1",
                "data": {"username": username},
            },
        )
        assert answer.is_success, answer.text
        user_id = uuid.UUID(answer.json()["user"]["id"])
        for number in range(files):
            self.upload(f"{user_id}/{number}.png")
        return user_id

    def upload(self, name: str, bucket: str = "avatars") -> None:
        """Store a small picture."""
        answer = self.api.post(
            f"/storage/v1/object/{bucket}/{name}",
            content=PNG,
            headers={"content-type": "image/png"},
        )
        assert answer.is_success, answer.text

    def has(self, name: str, bucket: str = "avatars") -> bool:
        """Whether the picture can be read."""
        return self.api.get(f"/storage/v1/object/{bucket}/{name}").is_success

    def token(self, user_id: uuid.UUID, **changes: object) -> str:
        """Somebody's access token."""
        claims = person_claims(sub=str(user_id), **changes)
        return jwt.encode(claims, self.stack.secrets.jwt_secret)

    def sends(self, user_id: uuid.UUID, method: str, path: str, body: object) -> Any:
        """Send a request to PostgREST as somebody's app does; return what it answers."""
        answer = httpx.request(
            method,
            f"{self.stack.url}/rest/v1{path}",
            json=body,
            headers={"apikey": self.stack.publishable_key, **bearer(self.token(user_id))},
            timeout=120,
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def leaves(self, user_id: uuid.UUID, username: str) -> None:
        """Let somebody delete their account as a client does, a fortnight ago."""
        self.sends(user_id, "POST", "/rpc/delete_my_account", {"confirm_username": username})
        self.sql(
            "update private.account_deletions set erase_after = now() - interval '1 minute'"
            " where user_id = %s",
            user_id,
        )

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Take one part away for the length of the block."""
        part, process = self._supervisor.running.pop(name)
        stop(process, how=part.stop_signal)
        try:
            yield
        finally:
            self._restart(part)

    def _restart(self, part: Part) -> None:
        self._supervisor.start(part)


@contextmanager
def running_stack(folder: Path) -> Iterator[LiveStack]:
    """Bring a stack up in a folder, and take it down again."""
    home = Home(folder)
    supervisor = Supervisor(home.logs)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        stack = Stack(
            home=home,
            ports=home.choose_ports(),
            secrets=home.secrets(),
            fast_postgres=True,
            has_clock=False,
        )
        stack.up(supervisor, report=lambda _: None, seed=False)
        live = LiveStack(stack, supervisor)
        with live.api, live._owner:
            yield live
    finally:
        supervisor.stop()
