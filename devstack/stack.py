"""The whole stack: which parts there are, how they hang together, and how they come up."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from psycopg.errors import UndefinedTable

from devstack import migrate, platform
from devstack.home import Home, Secrets
from devstack.nodejs import package_version
from devstack.parts.detector import detector
from devstack.parts.expo import expo
from devstack.parts.functions import functions
from devstack.parts.gateway import gateway
from devstack.parts.lite import ROLE as LITE_ROLE
from devstack.parts.lite import Lite
from devstack.parts.livekit import livekit
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.parts.postgrest import postgrest
from devstack.parts.realtime import realtime
from devstack.parts.s3 import s3
from devstack.parts.schedules import schedules
from devstack.parts.stripe import stripe
from devstack.processes import DevstackError
from devstack.settings import DETECTOR, LIVEKIT, S3, STRIPE, Settings
from devstack.stripe.catalogue import PLANS
from devstack.supervisor import Part, Supervisor

DATABASE = "postgres"
# What the functions call the bucket of the archive; moto forgets it with the stack.
ARCHIVE_BUCKET = "backbeat-archive"
Report = Callable[[str], None]


@dataclass
class Stack:
    """One stack: its home, its ports and secrets, and what follows from them."""

    home: Home
    ports: dict[str, int]
    secrets: Secrets
    fast_postgres: bool = False
    has_clock: bool = True
    settings: Settings = field(default_factory=Settings)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)

    @property
    def server(self) -> PostgresServer:
        """The Postgres server of this stack."""
        return PostgresServer(
            data=self.home.data,
            port=self.ports["postgres"],
            secret=self.secrets.postgres_secret,
            fast=self.fast_postgres,
        )

    @property
    def url(self) -> str:
        """What a client calls SUPABASE_URL."""
        return self.settings.values.get("SUPABASE_URL") or self.gateway_url

    @property
    def gateway_url(self) -> str:
        """The gateway of this stack."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    @property
    def publishable_key(self) -> str:
        """The key of apps."""
        return self.settings.values.get("SUPABASE_PUBLISHABLE_KEY") or self.secrets.publishable_key

    @property
    def secret_key(self) -> str:
        """The key of servers: service_role."""
        return self.settings.values.get("SUPABASE_SECRET_KEY") or self.secrets.secret_key

    @property
    def database_url(self) -> str:
        """The database as its owner, postgres; of a real project only if `.env` tells it."""
        if self.settings.has_supabase:
            return self.settings.values.get("DATABASE_URL", "")
        return self.server.url(DATABASE)

    @property
    def functions_url(self) -> str:
        """The cloud functions: behind the gateway, where there is one."""
        if self.settings.has_supabase:
            return f"http://127.0.0.1:{self.ports['functions']}"
        return f"{self.gateway_url}/functions/v1"

    def values(self) -> dict[str, str]:
        """What a program needs to use this stack, by the names of environment variables."""
        own = {
            "SUPABASE_URL": self.url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "SUPABASE_JWT_SECRET": self.secrets.jwt_secret,
            "JWT_SECRET": self.secrets.jwt_secret,
            "DATABASE_URL": self.database_url,
            "FUNCTIONS_URL": self.functions_url,
            "CRON_SECRET": self.secrets.cron_secret,
            "BACKBEAT_HOME": os.fspath(self.home.folder),
            "BACKBEAT_LOGS": os.fspath(self.home.logs),
        }
        if self.settings.needs_s3:
            own |= {
                "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.ports['s3']}",
                "S3_ACCESS_KEY": self.secrets.s3_access_key,
                "S3_SECRET_KEY": self.secrets.s3_secret_key,
            }
        if self.settings.needs_expo:
            own["EXPO_API_BASE"] = f"http://127.0.0.1:{self.ports['expo']}"
        if self.settings.needs_livekit:
            own |= {
                "LIVEKIT_URL": f"ws://127.0.0.1:{self.ports['livekit']}",
                "LIVEKIT_API_KEY": self.secrets.livekit_api_key,
                "LIVEKIT_API_SECRET": self.secrets.livekit_api_secret,
            }
        if self.settings.needs_stripe:
            own |= {
                "STRIPE_API_BASE": f"http://127.0.0.1:{self.ports['stripe']}",
                "STRIPE_SECRET_KEY": self.secrets.stripe_secret_key,
                "STRIPE_WEBHOOK_SECRET": self.secrets.stripe_webhook_secret,
                "STRIPE_PRICE_PRO": PLANS["pro"].price_id,
                "STRIPE_PRICE_STUDIO": PLANS["studio"].price_id,
            }
        if self.settings.needs_detector:
            detector_url = f"http://127.0.0.1:{self.ports['detector']}/checks"
            own |= {
                "DETECTOR": "http",
                "DETECTOR_URL": detector_url,
                "DETECTOR_RESULT_URL": f"{detector_url}/{{key}}",
                "DETECTOR_API_KEY": self.secrets.detector_api_key,
                "DETECTOR_CALLBACK_URL": (
                    f"http://127.0.0.1:{self.ports['functions']}/detection-callback"
                ),
                "DETECTOR_CALLBACK_SECRET": self.secrets.detector_callback_secret,
            }
        return own | self.settings.values

    def lite(self) -> Lite:
        """Auth and storage; Lite knows clients' keys as they are."""
        return Lite(
            folder=self.home.folder / "lite",
            port=self.ports["lite"],
            database_url=self.server.url(DATABASE, LITE_ROLE),
            jwt_secret=self.secrets.jwt_secret,
            publishable_key=self.publishable_key,
            secret_key=self.secret_key,
        )

    def side_parts(self) -> list[Part]:
        """The parts that need no database when they start."""
        functions_url = f"http://127.0.0.1:{self.ports['functions']}"
        parts = [s3(port=self.ports["s3"])] if self.settings.needs_s3 else []
        if self.settings.needs_expo:
            parts.append(expo(port=self.ports["expo"]))
        if self.settings.needs_livekit:
            parts.append(self._livekit_part(functions_url))
        if self.settings.needs_stripe:
            parts.append(self._stripe_part(functions_url))
        if self.settings.needs_detector:
            parts.append(self._detector_part())
        parts.append(functions(port=self.ports["functions"], settings=self.function_settings()))
        if not self.settings.has_supabase:
            parts.append(self._gateway_part(functions_url))
        return parts

    def _livekit_part(self, functions_url: str) -> Part:
        return livekit(
            port=self.ports["livekit"],
            api_key=self.secrets.livekit_api_key,
            api_secret=self.secrets.livekit_api_secret,
            webhook_url=f"{functions_url}/livekit-webhook",
        )

    def _detector_part(self) -> Part:
        return detector(
            port=self.ports["detector"],
            api_key=self.secrets.detector_api_key,
            callback_secret=self.secrets.detector_callback_secret,
        )

    def _stripe_part(self, functions_url: str) -> Part:
        return stripe(
            port=self.ports["stripe"],
            secret_key=self.secrets.stripe_secret_key,
            webhook_secret=self.secrets.stripe_webhook_secret,
            webhook_url=f"{functions_url}/stripe-webhook",
            state=self.home.folder / "stripe.json",
        )

    def function_settings(self) -> dict[str, str]:
        """What the functions read: the stack's own values, over them those of `.env`."""
        values = self.values()
        names = [
            "SUPABASE_URL", "SUPABASE_SECRET_KEY", "CRON_SECRET", *S3, "EXPO_API_BASE", *LIVEKIT,
            *STRIPE, "STRIPE_API_BASE", "STRIPE_PRICE_PRO", "STRIPE_PRICE_STUDIO", *DETECTOR,
        ]  # fmt: skip
        if not self.settings.has_supabase:
            names.append("SUPABASE_JWT_SECRET")
        own = {name: values[name] for name in names if name in values}
        pages = {"ALLOWED_ORIGINS": "*", "FRONTEND_URL": "http://127.0.0.1:3000"}
        return pages | own | self.settings.values

    def _gateway_part(self, functions_url: str) -> Part:
        return gateway(
            port=self.ports["gateway"],
            publishable_key=self.publishable_key,
            secret_key=self.secret_key,
            jwt_secret=self.secrets.jwt_secret,
            lite_url=self.lite().url,
            postgrest_url=f"http://127.0.0.1:{self.ports['postgrest']}",
            functions_url=functions_url,
            realtime_url=f"http://127.0.0.1:{self.ports['realtime']}",
        )

    def api_parts(self) -> list[Part]:
        """The parts that read the finished schema when they start."""
        return [
            postgrest(
                port=self.ports["postgrest"],
                admin_port=self.ports["postgrest_admin"],
                database_url=self.server.url(DATABASE, "authenticator"),
                jwt_secret=self.secrets.jwt_secret,
                public_url=self.url,
            ),
            realtime(
                port=self.ports["realtime"],
                database_url=self.server.url(DATABASE, SUPERUSER),
                jwt_secret=self.secrets.jwt_secret,
            ),
            *self._clock_parts(),
        ]

    def _clock_parts(self) -> list[Part]:
        """What calls the functions by the clock; tests that call them themselves go without."""
        if not self.has_clock:
            return []
        functions_url = f"http://127.0.0.1:{self.ports['functions']}"
        return [schedules(functions_url=functions_url, cron_secret=self.values()["CRON_SECRET"])]

    def up(self, supervisor: Supervisor, report: Report, *, seed: bool = True) -> None:
        """Start everything in order and write state.json once all of it answers."""
        started = time.monotonic()
        self._write_state(supervisor, "starting")
        if self.settings.has_supabase:
            self._up_beside(supervisor, report)
        else:
            self._up_whole(supervisor, report, seed)
        supervisor.check()
        self._write_state(supervisor, "healthy")
        report(f"all parts answer after {time.monotonic() - started:.1f} s")

    def _up_beside(self, supervisor: Supervisor, report: Report) -> None:
        """Start what a Supabase project does not have: functions, schedules, S3.

        Nothing is migrated or seeded there: `backbeat migrate` and docs/deploy.md do that.
        """
        report(f"supabase: the project at {self.url}, as .env says")
        parts = [*self.side_parts(), *self._clock_parts()]
        for part in parts:
            supervisor.spawn(part)
        for part in parts:
            report(f"{part.name}: waiting until it answers")
            supervisor.wait_ready(part)

    def _up_whole(self, supervisor: Supervisor, report: Report, seed: bool) -> None:
        report("postgres: starting")
        server = self.server
        server.initialise()
        server.clear_leftover()
        self._start_postgres(supervisor, self._postgres_part(server))

        # Slow starters warm up while the database is made ready.
        side_parts = self.side_parts()
        for part in side_parts:
            supervisor.spawn(part)

        report("platform: roles, schemas, extensions")
        platform.create_database(server, DATABASE)
        platform.before_lite(server, DATABASE)
        report("lite: auth and storage")
        supervisor.start(self._lite_part())
        platform.after_lite(server, DATABASE)
        self.migrate(report)

        api_parts = self.api_parts()
        for part in api_parts:
            supervisor.spawn(part)
        for part in (*api_parts, *side_parts):
            report(f"{part.name}: waiting until it answers")
            supervisor.wait_ready(part)
        if self.settings.needs_s3:
            httpx.put(
                f"{self.values()['S3_ENDPOINT_URL']}/{ARCHIVE_BUCKET}", timeout=60
            ).raise_for_status()
        if seed:
            self._seed(report)

    def _start_postgres(self, supervisor: Supervisor, part: Part) -> None:
        """Start Postgres, again if the last of a crashed server are still leaving."""
        for _ in range(5):
            try:
                return supervisor.start(part)
            except DevstackError as error:
                if "pre-existing shared memory block" not in str(error):
                    raise
                supervisor.stop()
                time.sleep(1)
        return supervisor.start(part)

    def _postgres_part(self, server: PostgresServer) -> Part:
        return Part(
            name="postgres",
            command=server.command(),
            is_ready=server.is_ready,
            version=server.version(),
            url=f"127.0.0.1:{server.port}",
            stop_signal=server.stop_signal,
            stop_patience=30,
        )

    def _lite_part(self) -> Part:
        lite = self.lite()
        lite.configure()
        return Part(
            name="lite",
            command=lite.command(),
            environment=lite.environment(),
            folder=lite.folder,
            is_ready=lite.is_ready,
            url=lite.url,
            version=package_version("@supabase/lite"),
        )

    def migrate(self, report: Report) -> None:
        """Apply pending migrations; refuse data that was made by another text of an applied one."""
        files = {
            path.name.partition("_")[0]: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(migrate.MIGRATIONS.glob("*.sql"))
        }
        applied = self.applied_migrations()
        known = self.home.read("migrations.json") or {}
        changed = [v for v in applied if v in known and known[v] != files.get(v)]
        if changed:
            raise DevstackError(
                f"Migration {', '.join(changed)} is no longer what this data was made with. "
                "Start afresh: make reset"
            )
        if set(files) - set(applied):
            report("migrations: supabase db push")
            migrate.push(self.database_url)
        self.home.write("migrations.json", files)

    def push_to_project(self) -> str:
        """Apply pending migrations to the project of `.env`; what the Supabase CLI says."""
        if not self.database_url:
            raise DevstackError("Set DATABASE_URL in .env to migrate the project it names.")
        return migrate.push(self.database_url).strip() or "The database is up to date."

    def applied_migrations(self) -> list[str]:
        """The versions the Supabase CLI has recorded as applied."""
        query = "select version from supabase_migrations.schema_migrations order by version"
        with self.server.connect(DATABASE) as connection:
            try:
                return [str(row[0]) for row in connection.execute(query)]
            except UndefinedTable:
                return []

    def _seed(self, report: Report) -> None:
        seeded = self.home.read("seeded.json")
        if seeded is None and importlib.util.find_spec("devstack.seed") is not None:
            report("seed: a small community")
            pairs = importlib.import_module("devstack.seed").seed(self)
            seeded = {"sign_ins": [list(pair) for pair in pairs]}
            self.home.write("seeded.json", seeded)
        self.sign_ins = [(email, word) for email, word in (seeded or {}).get("sign_ins", [])]

    def _write_state(self, supervisor: Supervisor, status: str) -> None:
        state: dict[str, Any] = {
            "pid": os.getpid(),
            "status": status,
            "ports": self.ports,
            "sign_ins": self.sign_ins,
            "settings": self.settings.values,
            "parts": {
                name: {"pid": process.pid, "version": part.version, "url": part.url}
                for name, (part, process) in supervisor.running.items()
            },
        }
        self.home.write("state.json", state)


def open_stack(home: Home) -> Stack:
    """The stack that is running in `home`; raises when none is."""
    state = home.state()
    if state is None or state["status"] != "healthy":
        raise DevstackError(f"No stack is running in {home.folder}: start one with make up.")
    return Stack(
        home=home,
        ports=state["ports"],
        secrets=home.secrets(),
        settings=Settings(state["settings"]),
        sign_ins=[(email, word) for email, word in state["sign_ins"]],
    )
