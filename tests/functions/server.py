"""The functions as a real server, and a token issuer as another, for tests to talk to."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from devstack.processes import die_with_parent
from devstack.serving import in_thread
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parent.parent.parent
PROBE = Path(__file__).parent / "probe" / "main.py"
JWT_SECRET = "a-secret-that-only-the-tests-know-and-use"
CRON_SECRET = "only-the-scheduler-knows-this"
SECRET_KEY = "sb_secret_of_the_tests"
NOWHERE = "http://127.0.0.1:9"
Line = dict[str, Any]


class FunctionsServer:
    """A running functions router: its URL, a client, and the lines it logs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self._lines: queue.Queue[Line] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        ready = self._lines.get(timeout=PATIENCE_SECONDS)
        assert "port" in ready, ready
        self.url = f"http://127.0.0.1:{ready['port']}"
        self.client = httpx.Client(
            base_url=self.url,
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def kill(self) -> None:
        """End it as a power cut would, its worker included."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def lines_of(self, request_id: str) -> list[Line]:
        """Return the lines of a request, its own last, which is written before its answer."""
        lines: list[Line] = []
        while True:
            line = self._lines.get(timeout=PATIENCE_SECONDS)
            lines.append(line)
            if line.get("request_id") == request_id:
                return lines
            if "request_id" in line:
                # The end of an earlier request, whose lines nobody has asked for.
                lines.clear()

    def _read(self) -> None:
        assert self.process.stdout is not None
        output = ""
        for line in self.process.stdout:
            output += line
            with suppress(ValueError):
                self._lines.put(json.loads(line))
        self._lines.put({"output": output})


@contextmanager
def running_functions(source: Path | None = None, **settings: str) -> Iterator[FunctionsServer]:
    """Serve a functions source, by default the real one, with these settings and no others."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "devstack.functions_router"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "functions"),
            "PORT": "0",
            "DATABASE_TIMEOUT_SECONDS": f"{PATIENCE_SECONDS:.0f}",
            **({"FUNCTION_SOURCE": str(source)} if source else {}),
            **settings,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        server = FunctionsServer(process)
        with server.client:
            yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)
        assert process.stdout is not None
        process.stdout.close()


class Issuer:
    """A token issuer: two private keys, and a real HTTP server that publishes the public halves."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {
            "elliptic": ec.generate_private_key(ec.SECP256R1()),
            "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        }
        self.fetches = 0
        self.status = 200
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                body = json.dumps(issuer.published()).encode()
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self._server = ExitStack()
        self.url = f"{self._server.enter_context(in_thread(Handler))}/jwks.json"

    @property
    def settings(self) -> dict[str, str]:
        """What functions are given that take its tokens, and the secrets of these tests."""
        return {
            "SUPABASE_URL": NOWHERE,
            "SUPABASE_SECRET_KEY": SECRET_KEY,
            "SUPABASE_JWT_SECRET": JWT_SECRET,
            "SUPABASE_JWKS_URL": self.url,
            "CRON_SECRET": CRON_SECRET,
            "CRON_OIDC_AUDIENCE": "backbeat-functions",
            "CRON_OIDC_SERVICE_ACCOUNT": "scheduler@project.iam.gserviceaccount.com",
            "GOOGLE_JWKS_URL": f"{self.url}?google",
        }

    def published(self) -> dict[str, Any]:
        """Return the JWKS."""
        return {
            "keys": [
                {
                    **jwt.get_algorithm_by_name(algorithm(key)).to_jwk(
                        key.public_key(), as_dict=True
                    ),
                    "kid": name,
                    "use": "sig",
                    "alg": algorithm(key),
                }
                for name, key in self.keys.items()
            ]
        }

    def sign(self, claims: Line, key: str = "elliptic") -> str:
        """Return a token signed with one of the keys."""
        private = self.keys[key]
        return jwt.encode(claims, private, algorithm(private), headers={"kid": key})

    def close(self) -> None:
        """Stop publishing."""
        self._server.close()


def algorithm(key: Any) -> str:
    """Return the JWT algorithm of a private key."""
    return "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"


def person_claims(**changes: object) -> Line:
    """Return what Supabase writes into a signed-in person's token; None leaves a claim out."""
    now = int(time.time())
    claims: Line = {
        "aud": "authenticated",
        "role": "authenticated",
        "sub": "0b9d1f5e-6b0a-4f0c-9a3e-3f6a2f1f0a11",
        "iat": now,
        "exp": now + 600,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def google_claims(**changes: object) -> Line:
    """Return what Google writes into a token for Cloud Scheduler; None leaves a claim out."""
    now = int(time.time())
    claims: Line = {
        "iss": "https://accounts.google.com",
        "aud": "backbeat-functions",
        "email": "scheduler@project.iam.gserviceaccount.com",
        "email_verified": True,
        "sub": "1122334455",
        "iat": now,
        "exp": now + 600,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}
