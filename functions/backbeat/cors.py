"""CORS: which pages of the web may call a function."""

from flask import Request, Response

ALLOWED_HEADERS = "authorization, apikey, content-type, x-client-info, x-request-id"
EXPOSED_HEADERS = "x-request-id"
PREFLIGHT_SECONDS = "3600"


def add_cors(response: Response, request: Request, allowed: tuple[str, ...], method: str) -> None:
    """Tell a browser that the page may read this answer, if its origin is allowed.

    To other pages nothing is said, and the browser keeps the answer from them.
    """
    origin = request.headers.get("Origin")
    if "*" not in allowed:
        response.headers["Vary"] = "Origin"
    if origin is None or not {"*", origin}.intersection(allowed):
        return
    response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = f"{method}, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
