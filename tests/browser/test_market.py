"""A market in headless Chromium: the pages of the stack's own Stripe; market.mjs tells the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devstack.install import is_installed
from tests.apps import play
from tests.plugins.stack import RunningStack, running_stack

HERE = Path(__file__).parent
STORIES = ["two sellers, one basket", "a till without a mouse"]


@dataclass(frozen=True)
class Market:
    """A stack, and the app to which Stripe's pages lead back."""

    stack: RunningStack
    app_url: str


class App(BaseHTTPRequestHandler):
    """An app whose every page says which it is."""

    def do_GET(self) -> None:
        """Answer with the page."""
        name = escape(urlsplit(self.path).path)
        body = f'<!doctype html><link rel="icon" href="data:,"><h1>{name}</h1>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A stack of these tests' own, whose functions know where the app is."""
    if not is_installed(HERE):
        pytest.fail("Chromium is missing here: run `make browser` first.")
    home = tmp_path_factory.mktemp("market") / "a home"
    home.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), App) as app:
        app_url = f"http://127.0.0.1:{app.server_address[1]}"
        serving = threading.Thread(target=app.serve_forever)
        serving.start()
        (home / ".env").write_text(f"FRONTEND_URL={app_url}\n")
        try:
            with running_stack(home) as stack:
                yield Market(stack, app_url)
        finally:
            app.shutdown()
            serving.join()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("story", STORIES)
def test_a_market(market: Market, story: str, tmp_path: Path) -> None:
    played = play(
        HERE / "market.mjs",
        story,
        seconds=880,
        APP_URL=market.app_url,
        SUPABASE_URL=market.stack.url,
        SUPABASE_KEY=market.stack.publishable_key,
        PICTURES=str(tmp_path),
    )
    assert played.returncode == 0, f"{played.stderr}\nPictures: {tmp_path}"


def test_every_story_of_the_market_is_played() -> None:
    done = play(HERE / "market.mjs", "?")
    assert f"the stories are: {', '.join(STORIES)}" in done.stderr
