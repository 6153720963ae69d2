"""A gateway in front of a stand-in for every part, and one in front of the real parts."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.parts.lite import ROLE as LITE_ROLE
from devstack.parts.lite import Lite
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.parts.postgrest import postgrest
from devstack.parts.realtime import realtime
from devstack.platform import create_database
from devstack.processes import free_port, spawn, stop, wait_until
from devstack.supervisor import Part, Supervisor
from tests.devstack.gateway.upstream import serving

PUBLISHABLE = "sb_publishable_for_tests"
SECRET = "sb_secret_for_tests"
JWT_SECRET = "a-secret-for-tests-that-is-long-enough"
# Other than the clients' keys, so that a key that went through unmapped is noticed.
LITE_KEYS = {"LITE_PUBLISHABLE_KEY": "sb_publishable_lite", "LITE_SECRET_KEY": "sb_secret_lite"}

SCHEMA = """
create table public.notes (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid(),
  body text not null
);
alter table public.notes enable row level security;
grant select, insert (body), update (body), delete on public.notes to authenticated;
create policy own on public.notes to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create schema if not exists backend;
grant usage on schema backend to service_role;
create function backend.ping() returns text language sql stable return 'pong';

create function public.shout(word text) returns text language sql stable
begin atomic
  select upper(shout.word) || coalesce(' ' || auth.role(), '');
end;
grant execute on function public.shout(text) to anon, authenticated, service_role;

create policy hear on realtime.messages for select to authenticated
  using (realtime.topic() = 'user:' || (select auth.uid()));
create policy speak on realtime.messages for insert to authenticated
  with check (realtime.topic() = 'user:' || (select auth.uid()));

create function public.tell_note() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform realtime.send(jsonb_build_object('body', new.body), 'note', 'user:' || new.user_id);
  return null;
end $$;
create trigger tell after insert on public.notes
  for each row execute function public.tell_note();

insert into storage.buckets (id, name, public)
  values ('private', 'private', false), ('open', 'open', true);
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
  values ('pictures', 'pictures', true, 5 * 1024 * 1024, '{image/png}');
create policy own_objects on storage.objects to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
"""


def token(role: str, lasts: float = 86_400, secret: str = JWT_SECRET, **claims: str) -> str:
    """A JWT; without a subject that of a legacy key."""
    expires = {"exp": int(time.time() + lasts)}
    return jwt.encode({"role": role, **expires, **claims}, secret, "HS256")


@dataclass(frozen=True)
class Gateway:
    """A running gateway."""

    url: str
    pid: int
    log: Path

    def request(self, method: str, path: str, **options: object) -> httpx.Response:
        """A request with the publishable key, unless told otherwise."""
        headers = options.pop("headers", {"apikey": PUBLISHABLE})
        with httpx.Client(base_url=self.url, trust_env=False, timeout=180) as client:
            return client.request(method, path, headers=headers, **options)  # type: ignore[arg-type]

    def get(self, path: str, **headers: str) -> httpx.Response:
        """GET with these headers and no others."""
        return self.request("GET", path, headers=headers)


def every_part(upstream: str) -> dict[str, str]:
    """Settings of a gateway that has one upstream for all parts."""
    parts = ("POSTGREST_URL", "LITE_URL", "FUNCTIONS_URL", "REALTIME_URL")
    return dict.fromkeys(parts, upstream)


@contextmanager
def running_gateway(log: Path, **settings: str) -> Iterator[Gateway]:
    """Start a gateway."""
    port = free_port()
    environment = {
        **os.environ,
        **LITE_KEYS,
        "GATEWAY_PORT": str(port),
        "PUBLISHABLE_KEY": PUBLISHABLE,
        "SECRET_KEY": SECRET,
        "JWT_SECRET": JWT_SECRET,
        **settings,
    }
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = spawn([sys.executable, "-m", "devstack.gateway"], env=environment, log=output)

    def ready() -> bool:
        try:
            return httpx.get(f"{url}/", trust_env=False, timeout=180).is_success
        except httpx.TransportError:
            return False

    try:
        wait_until(ready, alive=lambda: process.poll() is None, patience=90, what="the gateway")
        yield Gateway(url, process.pid, log)
    finally:
        stop(process)


@pytest.fixture(scope="package")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway in front of the stand-in, with realtime out of reach."""
    log = tmp_path_factory.mktemp("front") / "gateway.log"
    with (
        serving() as upstream,
        running_gateway(
            log,
            **{**every_part(upstream), "REALTIME_URL": f"http://127.0.0.1:{free_port()}"},
        ) as gateway,
    ):
        yield gateway


async def greet(request: Request) -> Response:
    """A function that says who called it."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(given, JWT_SECRET, ["HS256"], audience="authenticated")
    except jwt.PyJWTError:
        return JSONResponse({"error": "unauthorized", "scheme": scheme}, 401)
    body = await request.body()
    return JSONResponse({"role": claims["role"], "sub": claims.get("sub"), "got": body.decode()})


FUNCTIONS = Starlette(routes=[Route("/greet", greet, methods=["POST"])])


@pytest.fixture(scope="package")
def project(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway in front of PostgREST, Lite, the relay and a function."""
    folder = tmp_path_factory.mktemp("project")
    with server.connect() as connection:
        connection.execute("create database project template platform")
    create_database(server, "project")  # Rights on a database are not cloned.
    with server.connect("project") as connection:
        connection.execute(SCHEMA)
    lite = Lite(
        folder=folder / "lite",
        port=free_port(),
        database_url=server.url("project", LITE_ROLE),
        jwt_secret=JWT_SECRET,
        publishable_key=LITE_KEYS["LITE_PUBLISHABLE_KEY"],
        secret_key=LITE_KEYS["LITE_SECRET_KEY"],
    )
    lite.folder.mkdir()
    lite.configure()
    rest = postgrest(
        port=free_port(),
        admin_port=free_port(),
        database_url=server.url("project", "authenticator"),
        jwt_secret=JWT_SECRET,
        public_url="http://127.0.0.1",
    )
    relay = realtime(
        port=free_port(), database_url=server.url("project", SUPERUSER), jwt_secret=JWT_SECRET
    )
    parts = Part(
        name="lite",
        command=lite.command(),
        environment=lite.environment(),
        folder=lite.folder,
        is_ready=lite.is_ready,
        version="",
    )
    supervisor = Supervisor(folder / "logs")
    try:
        for part in (parts, rest, relay):
            supervisor.spawn(part)
        for part in (parts, rest, relay):
            supervisor.wait_ready(part)
        with (
            serving(FUNCTIONS) as functions,
            running_gateway(
                folder / "gateway.log",
                POSTGREST_URL=rest.url,
                LITE_URL=lite.url,
                FUNCTIONS_URL=functions,
                REALTIME_URL=relay.url,
            ) as gateway,
        ):
            # Lite refuses the first request after its start that touches storage.
            gateway.get("/storage/v1/bucket", apikey=SECRET, authorization=f"Bearer {SECRET}")
            yield gateway
    finally:
        supervisor.stop()
        with server.connect() as connection:
            connection.execute("drop database project with (force)")
