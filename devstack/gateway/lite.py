"""What Supabase Lite answers differently from hosted Supabase, put right.

Timestamps read `2026-11-21 01:36:21+00` where clients parse ISO 8601; signed URLs are named
`signedUrl` and carry the prefix `/storage/v1` where clients add it; `/object/authenticated/...` is
unknown; a file uploaded as a form is looked for under the name `file`, where supabase-js gives
it an empty name; what is too large is refused with 400; and a forged link is a fault of its own.
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

_TIMESTAMP = re.compile(rb'("\w+_at"\s*:\s*"\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00"')
_PREFIX = "/storage/v1"
_OBJECT = b"/storage/v1/object/"
_FILE_HEADER = re.compile(rb'form-data; name="(?:file)?"')
_NAMED = b'form-data; name="file"'
_IS_TOO_LARGE = re.compile(rb'^\{"statusCode":\s*"413"')
# For an upload that Lite hung up on without a word.
TOO_LARGE = {
    "statusCode": "413",
    "error": "Payload too large",
    "message": "The object exceeded the maximum allowed size",
}


def target(raw_path: bytes) -> bytes:
    """The path Lite knows a request by."""
    for kind in (b"", b"info/"):
        other_name = _OBJECT + kind + b"authenticated/"
        if raw_path.startswith(other_name):
            return _OBJECT + kind + raw_path.removeprefix(other_name)
    return raw_path


def is_upload(method: str, raw_path: bytes) -> bool:
    """Whether a request may carry a file."""
    return method in ("POST", "PUT") and raw_path.startswith(_OBJECT)


def is_form_upload(raw_path: bytes, content_type: str) -> bool:
    """Whether a request uploads a file as a form."""
    return raw_path.startswith(_OBJECT) and content_type.startswith("multipart/form-data")


async def name_file(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass a form on; a nameless file in it gets the name, for which the form grows by four bytes.

    Nothing is looked for after the file's own header, so that its content stays as it is.
    """
    kept = b""
    async for chunk in body:
        kept += chunk
        if found := _FILE_HEADER.search(kept):
            yield kept[: found.start()] + _NAMED + kept[found.end() :]
            break
        # The end may be the beginning of what is looked for.
        split = max(0, len(kept) - len(_NAMED) + 1)
        if split:
            yield kept[:split]
            kept = kept[split:]
    else:
        yield kept
    async for chunk in body:
        yield chunk


def is_answer(method: str, raw_path: bytes, content_type: str) -> bool:
    """Whether a response is Lite's own JSON and not a file somebody stored."""
    if not content_type.startswith("application/json"):
        return False
    is_object = raw_path.startswith(_OBJECT) and not raw_path.startswith(_OBJECT + b"info/")
    return not (is_object and method in ("GET", "HEAD"))


def status(answered: int, body: bytes) -> int:
    """The status for an answer of Lite's."""
    return 413 if answered == 400 and _IS_TOO_LARGE.match(body) else answered


def link_status(method: str, raw_path: bytes, answered: int) -> int:
    """The status for what a signed link opens: 400 for a forged one, where Lite says 500."""
    is_link = method in ("GET", "HEAD") and raw_path.startswith(_OBJECT + b"sign/")
    return 400 if is_link and answered == 500 else answered


def mend(body: bytes) -> bytes:
    """Rewrite Lite's JSON to what hosted Supabase answers."""
    body = _TIMESTAMP.sub(rb'\1T\2+00:00"', body)
    if b'"signedUrl"' not in body:
        return body
    try:
        return json.dumps(_with_signed_urls(json.loads(body))).encode()
    except ValueError:
        return body


def _with_signed_urls(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_with_signed_urls(item) for item in answer]
    if isinstance(answer, dict) and isinstance(answer.get("signedUrl"), str):
        url = answer["signedUrl"].removeprefix(_PREFIX)
        return answer | {"signedURL": url, "url": url}
    return answer
