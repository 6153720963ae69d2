"""The generated parts of docs/."""

from pathlib import Path

import pytest

from devstack.docs import DOCS, PAGES, Page, fill, in_parts, main, renew

TEXT = "# A\n<!-- generated: one -->\nold\n<!-- end: one -->\nkept\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_up_to_date(page: Page) -> None:
    assert renew(page, is_check=True), f"run `make docs`: docs/{page.name}.md has changed"


def test_no_page_of_the_api_is_left_over() -> None:
    written = {
        path.relative_to(DOCS).with_suffix("").as_posix() for path in (DOCS / "api").rglob("*.md")
    }
    assert written == {page.name for page in PAGES if page.name.startswith("api/")}


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    new = fill(TEXT, "one", "\n\\1 new\n")
    assert new == TEXT.replace("old", "\\1 new")
    assert fill(new, "one", "\\1 new") == new


@pytest.mark.parametrize("text", ["# A\n", TEXT * 2, "<!-- generated: one -->\n"])
def test_missing_or_doubled_markers_are_named(text: str) -> None:
    with pytest.raises(ValueError, match="'one' exactly once"):
        fill(text, "one", "new")


def test_check_writes_nothing(tmp_path: Path) -> None:
    page = Page("page", in_parts(lambda: {"one": "new"}))
    path = tmp_path / "page.md"
    path.write_text(TEXT)
    assert not renew(page, tmp_path, is_check=True)
    assert path.read_text() == TEXT
    assert not renew(page, tmp_path)
    assert path.read_text() == TEXT.replace("old", "new")
    assert renew(page, tmp_path, is_check=True)


def test_unknown_page_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--check", "nothing"])
    assert ended.value.code == 2
    assert "no page is named nothing" in capsys.readouterr().err
