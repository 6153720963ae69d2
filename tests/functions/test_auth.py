"""Who is let in: people by their tokens, the scheduler by its secret or Google's token."""

import base64
import json
import time
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backbeat.errors import KeysUnavailableError
from backbeat.keys import COOLDOWN_SECONDS, REFRESH_SECONDS, KeySet
from tests.functions.server import (
    CRON_SECRET,
    JWT_SECRET,
    NOWHERE,
    PROBE,
    SECRET_KEY,
    FunctionsServer,
    Issuer,
    bearer,
    google_claims,
    person_claims,
    running_functions,
)

Headers = dict[str, str]


def shared(**changes: object) -> str:
    """A token signed with the shared secret."""
    return jwt.encode(person_claims(**changes), JWT_SECRET, "HS256")


def part(value: object) -> str:
    """A part of a token written by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed_with_the_public_key(issuer: Issuer) -> str:
    """The classic confusion: HS256 with the published key as the secret."""
    public = issuer.keys["rsa"].public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signer = jwt.get_algorithm_by_name("HS256")
    head = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(person_claims())}"
    signature = base64.urlsafe_b64encode(signer.sign(head.encode(), pem)).rstrip(b"=")
    return f"{head}.{signature.decode()}"


BAD: dict[str, tuple[Callable[[Issuer], Headers], str]] = {
    "no header": (lambda _: {}, "missing_token"),
    "empty": (lambda _: {"Authorization": ""}, "missing_token"),
    "empty bearer": (lambda _: {"Authorization": "Bearer"}, "missing_token"),
    "not bearer": (lambda _: {"Authorization": "Basic YWRhOnB3"}, "missing_token"),
    "nobody signed in": (lambda _: bearer("sb_publishable_abc"), "missing_token"),
    "garbage": (lambda _: bearer("garbage"), "invalid_token"),
    "three dots": (lambda _: bearer("a.b.c"), "invalid_token"),
    "not ascii": (lambda _: {"Authorization": "Bearer \u00e9\u00e8"}, "invalid_token"),
    "header is a list": (lambda _: bearer(f"{part([])}.{part({})}.x"), "invalid_token"),
    "key id is a number": (
        lambda _: bearer(f"{part({'alg': 'ES256', 'kid': 7})}.{part(person_claims())}.c2ln"),
        "invalid_token",
    ),
    "algorithm none": (
        lambda _: bearer(jwt.encode(person_claims(), "", "none")),
        "invalid_token",
    ),
    "wrong secret": (
        lambda _: bearer(jwt.encode(person_claims(), "x" * 40, "HS256")),
        "invalid_token",
    ),
    "wrong key, known id": (
        lambda _: bearer(
            jwt.encode(
                person_claims(),
                ec.generate_private_key(ec.SECP256R1()),
                "ES256",
                headers={"kid": "elliptic"},
            )
        ),
        "invalid_token",
    ),
    "other algorithm of the secret": (
        lambda _: bearer(jwt.encode(person_claims(), JWT_SECRET * 2, "HS512")),
        "invalid_token",
    ),
    "confused algorithm": (lambda i: bearer(signed_with_the_public_key(i)), "invalid_token"),
    "key of another kind": (
        lambda i: bearer(
            jwt.encode(person_claims(), i.keys["rsa"], "RS256", headers={"kid": "elliptic"})
        ),
        "invalid_token",
    ),
    "expired": (lambda _: bearer(shared(exp=int(time.time()) - 60)), "expired_token"),
    "expired, published key": (
        lambda i: bearer(i.sign(person_claims(exp=int(time.time()) - 60))),
        "expired_token",
    ),
    "not yet valid": (lambda _: bearer(shared(nbf=int(time.time()) + 60)), "invalid_token"),
    "no expiry": (lambda _: bearer(shared(exp=None)), "invalid_token"),
    "expiry is prose": (lambda _: bearer(shared(exp="tomorrow")), "invalid_token"),
    "wrong audience": (lambda _: bearer(shared(aud="somewhere-else")), "invalid_token"),
    "no audience": (lambda _: bearer(shared(aud=None)), "invalid_token"),
    "anonymous role": (lambda _: bearer(shared(role="anon")), "invalid_token"),
    "service role": (lambda _: bearer(shared(role="service_role")), "invalid_token"),
    "no subject": (lambda _: bearer(shared(sub=None)), "invalid_token"),
    "subject is no uuid": (lambda _: bearer(shared(sub="ada")), "invalid_token"),
    "huge": (lambda _: bearer(shared(note="x" * 9000)), "invalid_token"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_token_is_refused(name: str, probe: FunctionsServer, issuer: Issuer) -> None:
    make, token = BAD[name]
    headers = {key.encode(): value.encode() for key, value in make(issuer).items()}
    answer = probe.client.get("/who-am-i", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, token)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"error", "message"}


def test_header_beyond_the_server_s_limit_is_a_client_error(probe: FunctionsServer) -> None:
    answer = probe.client.get("/who-am-i", headers=bearer("x" * 100_000))
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("key", ["shared", "elliptic", "rsa"])
def test_person_is_known_by_each_kind_of_signature(
    key: str, probe: FunctionsServer, issuer: Issuer
) -> None:
    token = shared() if key == "shared" else issuer.sign(person_claims(), key)
    answer = probe.client.get("/who-am-i", headers={"authorization": f"bearer {token}"})
    assert answer.status_code == 200
    assert answer.json() == {"user_id": person_claims()["sub"]}


def test_without_a_shared_secret_hs256_is_refused(issuer: Issuer) -> None:
    with running_functions(
        PROBE,
        SUPABASE_URL=NOWHERE,
        SUPABASE_SECRET_KEY=SECRET_KEY,
        SUPABASE_JWKS_URL=issuer.url,
        SUPABASE_JWT_SECRET="",
        CRON_SECRET="",
    ) as server:
        answer = server.client.get("/who-am-i", headers=bearer(shared()))
        assert answer.json()["error"] == "invalid_token"
        signed = server.client.get("/who-am-i", headers=bearer(issuer.sign(person_claims())))
        assert signed.status_code == 200
        # An empty secret opens nothing, and a Google token is not asked for.
        for headers in ({}, {"Authorization": ""}, {"Authorization": "Bearer"}):
            answer = server.client.post("/tick", headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (401, "missing_token")
        for token in ("None", "null", '""', issuer.sign(google_claims())):
            answer = server.client.post("/tick", headers=bearer(token))
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_forged_key_ids_do_not_make_us_fetch_again(probe: FunctionsServer, issuer: Issuer) -> None:
    assert probe.client.get("/who-am-i", headers=bearer(issuer.sign(person_claims()))).is_success
    before = issuer.fetches
    for number in range(20):
        token = jwt.encode(
            person_claims(), issuer.keys["rsa"], "RS256", headers={"kid": f"forged-{number}"}
        )
        answer = probe.client.get("/who-am-i", headers=bearer(token))
        assert answer.json()["error"] == "invalid_token"
    # One more at most, if the last time is long enough ago.
    assert issuer.fetches <= before + 1


def test_unreachable_issuer_is_our_fault_and_no_hindrance_to_shared_secrets() -> None:
    issuer = Issuer()
    token = issuer.sign(person_claims())
    issuer.close()
    with running_functions(
        PROBE,
        SUPABASE_URL=NOWHERE,
        SUPABASE_SECRET_KEY=SECRET_KEY,
        SUPABASE_JWT_SECRET=JWT_SECRET,
        SUPABASE_JWKS_URL=issuer.url,
    ) as server:
        answer = server.client.get("/who-am-i", headers=bearer(token))
        assert (answer.status_code, answer.json()["error"]) == (503, "keys_unavailable")
        assert server.client.get("/who-am-i", headers=bearer(shared())).is_success


def test_keys_are_refetched_when_rotated_and_outlive_an_outage() -> None:
    issuer, now = Issuer(), [1000.0]
    try:
        keys = KeySet(issuer.url, 5, clock=lambda: now[0])
        assert keys.find("rsa") is not None
        issuer.keys["rotated"] = ec.generate_private_key(ec.SECP256R1())
        assert keys.find("rotated") is None
        now[0] += COOLDOWN_SECONDS + 1
        assert keys.find("rotated") is not None
        for status in (500, 404, 429):
            issuer.status = status
            now[0] += REFRESH_SECONDS + 1
            assert keys.find("rsa") is not None
        issuer.status = 200
        del issuer.keys["rsa"]
        now[0] += REFRESH_SECONDS + 1
        assert keys.find("rsa") is None
    finally:
        issuer.close()


def test_issuer_without_keys_knows_no_token_but_a_broken_one_cannot_tell() -> None:
    issuer = Issuer()
    try:
        issuer.status = 404
        assert KeySet(issuer.url, 5).find("rsa") is None
        issuer.status, issuer.keys = 200, {}
        assert KeySet(issuer.url, 5).find("rsa") is None
        issuer.status = 500
        with pytest.raises(KeysUnavailableError):
            KeySet(issuer.url, 5).find("rsa")
    finally:
        issuer.close()


def test_scheduler_is_known_by_its_secret_or_by_google(
    probe: FunctionsServer, issuer: Issuer
) -> None:
    assert probe.client.post("/tick", headers=bearer(CRON_SECRET)).is_success
    for key in ("rsa", "elliptic"):
        token = issuer.sign(google_claims(), key)
        assert probe.client.post("/tick", headers=bearer(token)).is_success


@pytest.mark.parametrize(
    ("change", "token"),
    [
        ({"aud": "another-service"}, "invalid_token"),
        ({"aud": None}, "invalid_token"),
        ({"email": "stranger@project.iam.gserviceaccount.com"}, "invalid_token"),
        ({"email": None}, "invalid_token"),
        ({"email_verified": False}, "invalid_token"),
        ({"email_verified": "true"}, "invalid_token"),
        ({"iss": "https://accounts.example.com"}, "invalid_token"),
        ({"iss": None}, "invalid_token"),
        ({"exp": None}, "invalid_token"),
        ({"exp": 1}, "expired_token"),
    ],
)
def test_bad_google_token_is_refused(
    change: dict[str, object], token: str, probe: FunctionsServer, issuer: Issuer
) -> None:
    answer = probe.client.post("/tick", headers=bearer(issuer.sign(google_claims(**change), "rsa")))
    assert (answer.status_code, answer.json()["error"]) == (401, token)


def test_stranger_is_not_the_scheduler(probe: FunctionsServer, issuer: Issuer) -> None:
    for token in (CRON_SECRET[:-1], CRON_SECRET + "x", SECRET_KEY, shared(), JWT_SECRET):
        answer = probe.client.post("/tick", headers=bearer(token))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    person = bearer(issuer.sign(person_claims()))
    assert probe.client.post("/tick", headers=person).json()["error"] == "invalid_token"
    # And the scheduler is nobody in particular.
    assert probe.client.get("/who-am-i", headers=bearer(CRON_SECRET)).status_code == 401
