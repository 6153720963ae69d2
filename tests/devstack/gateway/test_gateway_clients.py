"""The official clients, through the gateway, with the real parts behind it."""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from realtime import RealtimeSubscribeStates
from storage3.exceptions import StorageApiError
from supabase.lib.client_options import SyncClientOptions
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from supabase import AsyncClient, AsyncClientOptions, Client, create_async_client, create_client
from tests.apps import told_by
from tests.devstack.gateway.conftest import JWT_SECRET, PUBLISHABLE, SECRET, Gateway, token
from tests.devstack.phoenix import phoenix
from tests.patience import PATIENCE_SECONDS

PASSWORD = "Correct horse 7"


def sign_up(client: Client) -> tuple[str, str]:
    """A new person; returns id and e-mail."""
    email = f"{uuid4()}@example.com"
    answer = client.auth.sign_up(
        {"email": email, "password": PASSWORD, "options": {"data": {"username": "ada"}}}
    )
    assert answer.user is not None
    assert answer.session is not None
    return answer.user.id, email


Connect = Callable[[str], Client]


@pytest.fixture
def connect(project: Gateway) -> Iterator[Connect]:
    """A function that makes a client with a key."""
    with ExitStack() as stack:

        def connect(key: str) -> Client:
            transport = stack.enter_context(httpx.Client(trust_env=False, timeout=180))
            options = SyncClientOptions(httpx_client=transport, auto_refresh_token=False)
            return create_client(project.url, key, options)

        yield connect


@pytest.fixture
def client(connect: Connect) -> Client:
    return connect(PUBLISHABLE)


def test_javascript_client(project: Gateway) -> None:
    seen = told_by(Path(__file__).with_name("client.mjs"), project.url, PUBLISHABLE, seconds=180)
    assert seen.pop("createdAt")[10] == "T"
    function = seen.pop("function")
    assert (function["role"], function["got"]) == ("authenticated", "hello")
    refused = seen.pop("refused")
    assert refused.startswith("CHANNEL_ERROR: Unauthorized: You do not have permissions to read")
    assert seen == {
        "username": "ada",
        "refreshed": True,
        "signedOut": None,
        "wrongPassword": 400,
        "acknowledged": "ok",
        "hello": {"n": 1, "word": "ü"},
        "bytes": [0, 255],
        "http": {"success": True},
        "fromHttp": {"from": "http"},
        "tracked": "ok",
        "came": "good",
        "inserted": {"body": "first"},
        "noteTold": "first",
        "count": 1,
        "rpc": "HEY authenticated",
        "othersNotes": [],
        "visitorRpc": "HEY anon",
        "visitorRefused": "42501",
        "downloaded": "la la la",
        "signed": "la la la",
        "othersFile": True,
        "functionWithoutSignIn": {"role": "anon", "sub": None, "got": "hello"},
        "isSame": True,
    }


def test_python_client_signs_up_in_and_out(client: Client) -> None:
    _, email = sign_up(client)
    user = client.auth.get_user()
    assert user is not None
    assert user.user.user_metadata["username"] == "ada"
    before = client.auth.get_session()
    after = client.auth.refresh_session().session
    assert before is not None
    assert after is not None
    assert after.refresh_token != before.refresh_token
    client.auth.reset_password_for_email(email)
    client.auth.sign_out()
    assert client.auth.get_session() is None
    with pytest.raises(AuthApiError):
        client.auth.sign_in_with_password({"email": email, "password": "wrong"})
    signed_in = client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert signed_in.session is not None


@pytest.mark.parametrize("weak", ["abcdef7", "abcdefgh", "12345678", "!!!!!!!7"])
def test_a_password_is_of_eight_characters_with_letters_and_digits(
    client: Client, weak: str
) -> None:
    """What supabase/config.toml says, which hosted Supabase is given, too."""
    with pytest.raises(AuthWeakPasswordError) as refused:
        client.auth.sign_up({"email": f"{uuid4()}@example.com", "password": weak})
    assert refused.value.status == 422
    answer = client.auth.sign_up({"email": f"{uuid4()}@example.com", "password": "abcdefg7"})
    assert answer.session is not None
    with pytest.raises(AuthWeakPasswordError):
        client.auth.update_user({"password": weak})


def test_python_client_reads_and_writes_under_rls(connect: Connect, client: Client) -> None:
    sign_up(client)
    client.table("notes").insert([{"body": "one"}, {"body": "two"}]).execute()
    client.table("notes").update({"body": "three"}).eq("body", "two").execute()
    answer = client.table("notes").select("body", count="exact").order("id").range(0, 0).execute()  # type: ignore[arg-type]
    assert (answer.data, answer.count) == ([{"body": "one"}], 2)
    assert client.rpc("shout", {"word": "hey"}).execute().data == "HEY authenticated"
    stranger = connect(PUBLISHABLE)
    sign_up(stranger)
    assert stranger.table("notes").select("*").execute().data == []


def test_python_client_keeps_files(connect: Connect, client: Client) -> None:
    person, _ = sign_up(client)
    files, path = client.storage.from_("private"), f"{person}/song.txt"
    files.upload(path, b"la la la", {"content-type": "text/plain"})
    assert files.download(path) == b"la la la"
    signed = files.create_signed_url(path, 60)["signedURL"]
    assert signed is not None
    assert httpx.get(signed, trust_env=False, timeout=180).text == "la la la"
    client.storage.from_("open").upload(path, b"{}", {"content-type": "application/json"})
    public = client.storage.from_("open").get_public_url(path)
    assert httpx.get(public, trust_env=False, timeout=180).content == b"{}"
    stranger = connect(PUBLISHABLE)
    sign_up(stranger)
    with pytest.raises(StorageApiError):
        stranger.storage.from_("private").download(path)
    files.remove([path])
    with pytest.raises(StorageApiError):
        files.download(path)


@pytest.mark.parametrize("bucket", ["pictures", "open"])
def test_a_stored_page_is_no_page_to_a_browser(
    project: Gateway, client: Client, bucket: str
) -> None:
    person, _ = sign_up(client)
    page = b"<script>alert(1)</script>"
    client.storage.from_(bucket).upload(f"{person}/p.html", page, {"content-type": "image/png"})
    answer = project.get(f"/storage/v1/object/public/{bucket}/{person}/p.html")
    assert answer.content == page
    assert answer.headers["x-content-type-options"] == "nosniff"


def upload(project: Gateway, client: Client, bucket: str, **options: Any) -> httpx.Response:
    """Upload a file in one's own name, as a body or as a form."""
    person, session = sign_up(client)[0], client.auth.get_session()
    assert session is not None
    headers = {"apikey": PUBLISHABLE, "authorization": f"Bearer {session.access_token}"}
    if "content" in options:
        headers["content-type"] = options.pop("mime", "image/png")
    path = f"/storage/v1/object/{bucket}/{person}/p.png"
    return project.request("POST", path, headers=headers, **options)


LIMIT = 5 * 1024 * 1024
TOO_LARGE = {
    "statusCode": "413",
    "error": "Payload too large",
    "message": f"The object exceeded the maximum allowed size of {LIMIT} bytes",
}


def test_a_file_as_large_as_its_bucket_allows_is_kept(project: Gateway, client: Client) -> None:
    assert upload(project, client, "pictures", content=b"x" * LIMIT).status_code == 200


@pytest.mark.parametrize("size", [LIMIT + 1, 8 * LIMIT])
def test_a_file_too_large_is_refused_while_it_streams(
    project: Gateway, client: Client, size: int
) -> None:
    answer = upload(project, client, "pictures", content=b"x" * size)
    assert (answer.status_code, answer.json()) == (413, TOO_LARGE)


def test_a_form_too_large_is_refused_alike(project: Gateway, client: Client) -> None:
    form = {"file": ("p.png", b"x" * (LIMIT + 1), "image/png")}
    answer = upload(project, client, "pictures", files=form)
    assert (answer.status_code, answer.json()) == (413, TOO_LARGE)


def test_a_large_file_is_refused_for_what_is_wrong_with_it(
    project: Gateway, client: Client, connect: Connect
) -> None:
    large = b"x" * 4 * LIMIT
    wrong_kind = upload(project, client, "pictures", content=large, mime="text/plain")
    assert (wrong_kind.status_code, wrong_kind.json()["statusCode"]) == (400, "415")
    nowhere = upload(project, connect(PUBLISHABLE), "nowhere", content=large)
    assert (nowhere.status_code, nowhere.json()["statusCode"]) == (400, "404")
    visitor = project.request("POST", "/storage/v1/object/open/p.png", content=large)
    assert (visitor.status_code, visitor.json()["statusCode"]) == (400, "403")


def test_python_client_learns_that_a_file_is_too_large(client: Client) -> None:
    person, _ = sign_up(client)
    with pytest.raises(StorageApiError) as refused:
        client.storage.from_("pictures").upload(
            f"{person}/large.png", b"x" * 6 * 1024 * 1024, {"content-type": "image/png"}
        )
    assert refused.value.code == "Payload too large"
    assert int(refused.value.status) == 413


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/storage/v1/../../"),
        ("GET", "/storage/v1/../../api"),
        ("POST", "/storage/v1/../../rest/v1/rpc/shout"),
        ("POST", "/storage/v1/%2e%2e/%2e%2e/rest/v1/rpc/shout"),
        ("POST", "/storage/v1/..%2F..%2Frest/v1/rpc/shout"),
        ("POST", "/storage/v1/..%5C..%5Crest/v1/rpc/shout"),
        ("POST", "/storage/v1/object/open/a%00.png"),
        ("GET", "/rest/v1/notes?id=eq.%ff"),
    ],
)
def test_a_crooked_address_reaches_no_part(project: Gateway, method: str, address: str) -> None:
    connection = http.client.HTTPConnection(project.url.removeprefix("http://"))
    try:
        headers = {"apikey": PUBLISHABLE, "content-type": "application/json"}
        body = b'{"word": "hey"}' if method == "POST" else None
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        assert (answer.status, list(json.load(answer))) == (400, ["message"])
    finally:
        connection.close()


def test_python_client_calls_a_function(client: Client) -> None:
    def greet() -> Any:
        body = {"word": "hello"}
        answer = client.functions.invoke("greet", invoke_options={"body": body})
        assert isinstance(answer, bytes)
        return json.loads(answer)

    assert greet()["role"] == "anon"
    person, _ = sign_up(client)
    answer = greet()
    assert (answer["role"], answer["sub"]) == ("authenticated", person)
    assert json.loads(answer["got"]) == {"word": "hello"}


def test_python_client_joins_a_channel(project: Gateway) -> None:
    async def subscribed(client: AsyncClient, topic: str, **config: Any) -> tuple[Any, Any]:
        states: asyncio.Queue[Any] = asyncio.Queue()
        options: Any = {
            "config": {
                "private": True,
                "broadcast": {"self": True, "ack": True},
                "presence": {"key": "ada", "enabled": True},
                **config,
            }
        }
        channel = client.channel(topic, options)
        heard: asyncio.Queue[Any] = asyncio.Queue()
        channel.on_broadcast("*", heard.put_nowait)
        channel.on_presence_join(lambda key, _, new: heard.put_nowait((key, dict(new[0])["mood"])))
        await channel.subscribe(lambda state, error: states.put_nowait((state, error)))
        state, _ = await states.get()
        return (channel, heard) if state == RealtimeSubscribeStates.SUBSCRIBED else (None, states)

    transport = httpx.AsyncClient(trust_env=False, timeout=180)

    def options() -> AsyncClientOptions:
        return AsyncClientOptions(httpx_client=transport, auto_refresh_token=False)

    async def story() -> None:
        client = await create_async_client(project.url, PUBLISHABLE, options())
        answer = await client.auth.sign_up(
            {"email": f"{uuid4()}@example.com", "password": PASSWORD}
        )
        assert answer.user is not None
        assert answer.session is not None
        topic = f"user:{answer.user.id}"
        visitor = await create_async_client(project.url, PUBLISHABLE, options())
        try:
            await client.realtime.set_auth(answer.session.access_token)
            channel, heard = await subscribed(client, topic)
            assert channel is not None
            await channel.track({"mood": "good"})
            assert await heard.get() == ("ada", "good")
            await channel.send_broadcast("hello", {"n": 1})
            assert (await heard.get())["payload"] == {"n": 1}
            await channel.http_send("http", {"n": 2})
            assert (await heard.get())["payload"] == {"n": 2}
            await client.table("notes").insert({"body": "first"}).execute()
            assert (await heard.get())["payload"]["body"] == "first"
            refused, _ = await subscribed(visitor, topic)
            assert refused is None
            public, _ = await subscribed(visitor, "lobby", private=False)
            assert public is not None
        finally:
            await client.realtime.remove_all_channels()
            await visitor.realtime.remove_all_channels()

    async def in_time() -> None:
        async with transport, asyncio.timeout(4 * PATIENCE_SECONDS):
            await story()

    asyncio.run(in_time())


def test_legacy_keys_work_as_the_new_ones_do(project: Gateway, connect: Connect) -> None:
    anon = token("anon")
    client = connect(anon)
    assert client.rpc("shout", {"word": "hey"}).execute().data == "HEY anon"
    sign_up(client)
    assert client.rpc("shout", {"word": "hey"}).execute().data == "HEY authenticated"
    admin = connect(token("service_role"))
    assert admin.rpc("shout", {"word": "hey"}).execute().data == "HEY service_role"
    assert {bucket.id for bucket in admin.storage.list_buckets()} >= {"private", "open"}

    async def story() -> None:
        async with phoenix(project.url, anon) as visitor:
            assert (await visitor.join("lobby", anon))["status"] == "ok"

    asyncio.run(story())


def test_the_secret_key_acts_as_service_role(connect: Connect) -> None:
    admin = connect(SECRET)
    assert admin.rpc("shout", {"word": "hey"}).execute().data == "HEY service_role"


@pytest.mark.parametrize(
    "claims",
    [
        {"lasts": -60, "aud": "authenticated"},
        {"secret": "y" * 32, "aud": "authenticated"},
        {"aud": "someone else"},
    ],
    ids=["expired", "forged", "for another audience"],
)
def test_bad_tokens_are_refused_by_the_part_itself(project: Gateway, claims: Any) -> None:
    bad = token("authenticated", sub=str(uuid4()), **claims)
    headers = {"apikey": PUBLISHABLE, "authorization": f"Bearer {bad}"}
    rest = project.get("/rest/v1/notes", **headers)
    assert rest.status_code == 401
    assert "code" in rest.json()
    greet = project.request("POST", "/functions/v1/greet", headers=headers)
    assert greet.json() == {"error": "unauthorized", "scheme": "Bearer"}
    if "aud" not in claims or claims["aud"] == "authenticated":
        assert project.get("/auth/v1/user", **headers).status_code in (401, 403)


def test_a_client_may_not_reach_the_backend_schema(project: Gateway) -> None:
    """Only service_role has USAGE on it; an anonymous refusal is a 401."""
    for key, status, word in ((PUBLISHABLE, 401, "42501"), (SECRET, 200, "pong")):
        answer = project.get("/rest/v1/rpc/ping", apikey=key, **{"accept-profile": "backend"})
        assert answer.status_code == status
        assert word in answer.text


def test_everything_is_healthy(project: Gateway) -> None:
    answer = project.get("/health")
    names = ("rest", "auth", "storage", "functions", "realtime")
    assert answer.json() == {"status": "ok", "parts": dict.fromkeys(names, "ok")}
    assert answer.status_code == 200


def test_a_socket_closes_with_the_relays_code(project: Gateway) -> None:
    async def story() -> None:
        async with phoenix(project.url, PUBLISHABLE) as visitor:
            await visitor.connection.send("no frame")
            async with asyncio.timeout(PATIENCE_SECONDS):
                await visitor.connection.wait_closed()
            assert visitor.connection.close_code == 1003

    asyncio.run(story())


def test_a_channel_of_a_key_outlives_the_token_it_became(project: Gateway) -> None:
    """The relay holds a key's channel open; only users' tokens run out."""

    async def story() -> None:
        short = jwt.encode(
            {"role": "anon", "exp": time.time() + 3, "sub": str(uuid4())}, JWT_SECRET, "HS256"
        )
        async with phoenix(project.url, PUBLISHABLE) as visitor:
            assert (await visitor.join("by key"))["status"] == "ok"
            assert (await visitor.join("by token", short))["status"] == "ok"
            closed = await visitor.event("phx_close")
            assert closed["topic"] == "realtime:by token"
            joined = await visitor.call("realtime:by key", "presence", {"event": "untrack"})
            assert joined["status"] == "ok"

    asyncio.run(story())
