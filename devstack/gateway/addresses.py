"""Which addresses are passed on.

A part may read a path otherwise than the gateway, which chose the part by it. So nothing goes out
that climbs, once it is decoded, or that a part cannot decode.
"""

import re
from urllib.parse import unquote_to_bytes

# Some servers decode a path again that was decoded before.
_DECODED_TIMES = 3
_CLIMBING = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|%2f(?:\.|%2e){2}", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def fault(raw_path: bytes, query: bytes) -> str | None:
    """What is wrong with an address, as a sentence; None when nothing is."""
    if not _is_text(unquote_to_bytes(query)):
        return "The query is not valid UTF-8."
    path = raw_path
    for _ in range(_DECODED_TIMES + 1):
        if not _is_text(path):
            return "The path is not valid UTF-8."
        text = path.decode()
        if "\\" in text or _UNPRINTABLE.search(text):
            return "The path has a backslash or a control character."
        if _CLIMBING.search(text):
            return "The path has a segment of dots."
        decoded = unquote_to_bytes(path)
        if decoded == path:
            break
        path = decoded
    return None


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
