"""Every target of functions/main.py on one port, each under its own path, by functions-framework.

On Google Cloud each target is deployed on its own; here `/health` and `/erase-accounts` share a
server. Configured by PORT (0 picks a free one), FUNCTION_SOURCE and the functions' own settings.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import functions_framework
from functions_framework._function_registry import REGISTRY_MAP
from gunicorn.app.base import BaseApplication
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from gunicorn.arbiter import Arbiter

SOURCE = Path(__file__).parent.parent / "functions" / "main.py"
# Long enough for a token that is far too long to reach the function and be refused there.
HEADER_BYTES = 32 * 1024
THREADS = 8


def load_targets(source: Path) -> dict[str, Callable[..., Any]]:
    """Return the entry points of a functions source by their public names, sorted.

    The public name of `erase_accounts` is `erase-accounts`.
    """
    spec = importlib.util.spec_from_file_location("main", source)
    if spec is None or spec.loader is None or not source.exists():
        raise FileNotFoundError(f"no functions at {source}")
    if str(source.parent) not in sys.path:
        # First, so that what is beside the source is what it imports.
        sys.path.insert(0, str(source.parent))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {
        name.replace("_", "-"): vars(module)[name]
        for name in sorted(REGISTRY_MAP)
        if name in vars(module)
    }


def create_router(source: Path) -> "WSGIApplication":
    """Mount each target under `/<name>`; `GET /` lists them."""
    targets = load_targets(source)
    apps: dict[str, WSGIApplication] = {
        name: functions_framework.create_app(target.__name__, str(source))  # type: ignore[no-untyped-call]
        for name, target in targets.items()
    }

    def route(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        name, _, rest = environ["PATH_INFO"].lstrip("/").partition("/")
        if app := apps.get(name):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = f"/{name}", f"/{rest}"
            return app(environ, start)
        if name:
            response = _json({"error": "unknown_function", "message": "No function here."}, 404)
        else:
            response = _json({"functions": list(apps)}, 200)
        return response(environ, start)

    return route


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, as functions-framework runs it in production: one worker with threads."""

    def __init__(self, app: "WSGIApplication", port: int) -> None:
        self._app = app
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        settings = {
            "bind": f"127.0.0.1:{self._port}",
            "threads": THREADS,
            "timeout": 0,
            "graceful_timeout": 5,
            # Longer than clients keep a connection, or one is closed while a request is on its way.
            "keepalive": 75,
            "loglevel": "error",
            "limit_request_field_size": HEADER_BYTES,
            "control_socket_disable": True,
            "when_ready": _announce,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        """Return the app, which is built already: a mistake in it shows before any fork."""
        return self._app


def _announce(arbiter: "Arbiter") -> None:
    port = arbiter.LISTENERS[0].getsockname()[1]
    print(json.dumps({"message": "listening", "port": port}), flush=True)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    source = Path(os.environ.get("FUNCTION_SOURCE", SOURCE)).resolve()
    Server(create_router(source), int(os.environ.get("PORT", "0"))).run()


if __name__ == "__main__":
    main()
