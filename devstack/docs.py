"""Writes the generated parts of docs/: `python -m devstack.docs [--check] [name ...]`.

With `--check` nothing is written, and the exit code is 1 when something would change.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack import docs_api, docs_deploy, docs_errors

DOCS = Path(__file__).parent.parent / "docs"


@dataclass(frozen=True)
class Page:
    """docs/<name>.md and how it is made: `render` turns its present text into the new one."""

    name: str
    render: Callable[[str], str]


def fill(text: str, part: str, content: str) -> str:
    """Return `text` with what stands between the markers of `part` replaced by `content`.

    The markers are `<!-- generated: part -->` and `<!-- end: part -->`, each on its own line.
    """
    start, end = f"<!-- generated: {part} -->\n", f"<!-- end: {part} -->"
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the page needs the markers of part {part!r} exactly once")
    return pattern.sub(lambda _: start + content.strip("\n") + "\n" + end, text)


def in_parts(parts: Callable[[], dict[str, str]]) -> Callable[[str], str]:
    """Make a page's render of a function that returns the content of each of its parts."""

    def render(text: str) -> str:
        for part, content in parts().items():
            text = fill(text, part, content)
        return text

    return render


def whole(page: str) -> Callable[[str], str]:
    """Make the render of a page in docs/api/, which is generated whole."""
    return lambda _: docs_api.render(page)


PAGES = (
    Page("api", in_parts(docs_api.parts)),
    *(Page(f"api/{page}", whole(page)) for page in docs_api.pages()),
    Page("deploy", in_parts(docs_deploy.parts)),
    Page("deploy-commands", in_parts(docs_deploy.commands)),
    Page("errors", in_parts(docs_errors.parts)),
)


def renew(page: Page, folder: Path = DOCS, *, is_check: bool = False) -> bool:
    """Write one page, or with `is_check` only compare; return whether it was up to date."""
    path = folder / f"{page.name}.md"
    before = path.read_text("utf-8") if path.exists() else ""
    after = page.render(before)
    if before != after and not is_check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after, "utf-8")
    return before == after


def main(arguments: Sequence[str]) -> int:
    """Renew or check the named pages, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m devstack.docs", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument(
        "pages", nargs="*", metavar="name", help=", ".join(page.name for page in PAGES)
    )
    options = parser.parse_args(arguments)
    known = {page.name: page for page in PAGES}
    if unknown := set(options.pages) - set(known):
        parser.error(f"no page is named {', '.join(sorted(unknown))}")
    stale = [
        name
        for name in options.pages or known
        if not renew(known[name], is_check=options.check) and options.check
    ]
    for name in stale:
        print(f"docs/{name}.md is not up to date: run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
