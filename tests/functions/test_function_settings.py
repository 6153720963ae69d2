"""The settings: what is missing is named, what is empty is unset, nothing is read at import."""

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from backbeat.errors import BackbeatError, NotConfiguredError
from backbeat.settings import Settings, load_settings
from tests.functions.server import JWT_SECRET, ROOT

NAMES = [name.upper() for name in Settings.model_fields]
REQUIREMENTS = Path(ROOT / "functions" / "requirements.txt")
OWN = {"backbeat", "main"}
# The optional dependencies `detector`, of the one module that is imported only where they are.
OPTIONAL = {"local_detector.py": {"librosa", "numpy", "soundfile"}}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings.cache_clear()
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_two_settings_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_URL", "https://project.supabase.co/")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "sb_secret_x")
    settings = load_settings()
    assert settings.supabase_url == "https://project.supabase.co"
    assert settings.jwks_url == "https://project.supabase.co/auth/v1/.well-known/jwks.json"
    assert settings.allowed_origins == ()
    assert load_settings() is settings
    assert "sb_secret_x" not in repr(settings)
    load_settings.cache_clear()


def test_each_missing_variable_is_named() -> None:
    with pytest.raises(NotConfiguredError) as caught:
        load_settings()
    assert caught.value.reason == "SUPABASE_URL is not set; SUPABASE_SECRET_KEY is not set"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_URL", "project.supabase.co"),
        ("SUPABASE_JWT_SECRET", "short"),
        ("CRON_SECRET", "short"),
        ("MAX_BODY_BYTES", "-1"),
        ("MAX_BODY_BYTES", "lots"),
        ("DATABASE_TIMEOUT_SECONDS", "-7"),
        ("STREAM_URLS", "ftp"),
        ("S3_ENDPOINT_URL", "s3.example.com"),
        ("EXPO_API_BASE", "exp.host"),
        ("SMTP_SECURITY", "hope"),
        ("SMTP_PORT", "0"),
        ("EMAIL_FROM", "hello-at-example.com"),
        ("LIVEKIT_URL", "livekit.example.com"),
        ("LIVE_WATCH_SECONDS", "60"),
        ("STRIPE_API_BASE", "api.stripe.com"),
        ("STRIPE_SECRET_KEY", "short"),
        ("STRIPE_WEBHOOK_SECRET", "   "),
        ("STRIPE_WEBHOOK_SECRET", "whsec_of_one,"),
        ("FRONTEND_URL", "app.example.com"),
        ("DETECTOR", "oracle"),
        ("DETECTOR_VERSION", "the newest"),
        ("DETECTOR_URL", "detector.example.com"),
        ("DETECTOR_RESULT_URL", "https://detector.example.com/checks"),
        ("DETECTOR_SCORE_PATH", "result..score"),
        ("DETECTOR_SCALE", "stars"),
        ("DETECTOR_LABELS", "human=0,ai=101"),
        ("DETECTOR_LABELS", "human"),
        ("DETECTOR_CALLBACK_SECRET", "short"),
        ("DETECTOR_TIMEOUT_SECONDS", "61"),
    ],
)
def test_unfit_variable_is_named_without_its_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_URL", "https://project.supabase.co")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "sb_secret_x")
    monkeypatch.setenv(name, value)
    with pytest.raises(NotConfiguredError) as caught:
        load_settings()
    assert caught.value.reason is not None
    assert caught.value.reason.startswith(f"{name} is unfit: ")
    assert value not in caught.value.reason.removeprefix(f"{name} is unfit: ").split()


def test_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_URL", "https://project.supabase.co")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "sb_secret_x")
    for name in ("CRON_SECRET", "SUPABASE_JWT_SECRET", "CRON_OIDC_AUDIENCE", "ALLOWED_ORIGINS"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert settings.cron_secret is None
    assert settings.supabase_jwt_secret is None
    assert settings.cron_oidc_audience is None
    assert settings.allowed_origins == ()
    monkeypatch.setenv("SUPABASE_JWT_SECRET", JWT_SECRET)
    load_settings.cache_clear()
    assert load_settings().supabase_jwt_secret is not None
    load_settings.cache_clear()


def test_what_others_may_cost_is_limited_as_it_is_specified() -> None:
    fields = Settings.model_fields
    limits = {
        "detector_timeout_seconds": 30,
        "page_timeout_seconds": 10,
        "page_bytes": 1_000_000,
        "page_redirects": 3,
    }
    assert {name: fields[name].default for name in limits} == limits


def test_every_variable_is_described_where_functions_are_deployed() -> None:
    text = Path(ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in text] == []


def test_functions_import_nothing_but_what_they_are_deployed_with() -> None:
    """Neither the stack nor the tests: only the standard library and what is pinned for them."""
    pinned = re.findall(r"^([a-z0-9.-]+)(?=\[|==)", REQUIREMENTS.read_text("utf-8"), re.MULTILINE)
    makers = packages_distributions()
    foreign = set()
    for path in sorted((ROOT / "functions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            own = OWN | OPTIONAL.get(path.name, set())
            for name in {name.partition(".")[0] for name in names} - own - sys.stdlib_module_names:
                known = {maker.lower().replace("_", "-") for maker in makers.get(name, [])}
                if not known & set(pinned):
                    foreign.add(f"{path.name}: {name}")
    assert len(pinned) > 30
    assert foreign == set()


def test_nothing_happens_at_import() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('a connection at import')\n"
        "socket.socket.connect = refuse\n"
        "import main\n"
        "assert main.health and main.erase_accounts and main.remove_objects and main.tidy\n"
        # What is slow to import waits for the function that needs it.
        "slow = {'boto3', 'botocore', 'pyarrow', 'requests', 'exponent_server_sdk',"
        " 'livekit', 'aiohttp', 'google.protobuf', 'stripe', 'librosa', 'numpy'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
    )
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"]},
        check=True,
    )


def test_every_error_knows_its_status_and_token_and_is_drawn() -> None:
    kinds, found = [BackbeatError], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found.add(kind)
        assert 400 <= kind.status < 600
        assert kind.token.replace("_", "").isalpha()
    drawing = sys.modules[BackbeatError.__module__].__doc__ or ""
    assert [kind.__name__ for kind in found if kind.__name__ not in drawing] == []


def test_requirements_are_pinned_by_hash_and_name_no_host() -> None:
    text = REQUIREMENTS.read_text("utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text
    # The header repeats the command that made it; no other option of it speaks of an index.
    assert "index" not in text.replace("--no-emit-index-url", "")
