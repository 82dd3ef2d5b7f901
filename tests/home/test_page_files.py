"""Texts of staff pages: what is wrong with a file is said with its name and the key."""

import pytest

from home.page_files import PageFileError, read_page_file, read_page_files

GOOD = """
title = "Help"
[[body]]
type = "section"
heading = "Find something"
text = "Write as you would tell a colleague."
links = [{ words = "Search", address = "/search/" }]
[[body]]
type = "questions"
heading = "To begin with"
questions = ["Who is missing?"]
[[body]]
type = "contact"
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="help.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


def test_file_is_read_as_blocks(write):
    page = read_page_file(write(GOOD))
    assert (page.slug, page.title, page.lede) == ("help", "Help", "")
    assert [block["type"] for block in page.body] == ["section", "questions", "contact"]


def test_digest_changes_with_the_text(write):
    assert read_page_file(write(GOOD)).digest != read_page_file(write(GOOD + "\n")).digest


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('title = "Help"', "", "help.toml: title: is missing"),
        ('title = "Help"', 'title = ""', "help.toml: title: is empty"),
        ('title = "Help"', "title = 3", "help.toml: title: must be a text"),
        ('title = "Help"', 'title = "Help"\nslug = "x"', "help.toml: slug: no such key"),
        ('heading = "Find something"\n', "", r"help.toml: body\[0\].heading: is missing"),
        ('type = "section"', 'type = "html"', r"help.toml: body\[0\].type: must be one of section, questions, contact"),
        ('address = "/search/"', "address = 1", r"help.toml: body\[0\].links\[0\].address: must be a text"),
        ('["Who is missing?"]', "[1]", r"help.toml: body\[1\].questions\[0\]: must be a text"),
        ('["Who is missing?"]', "[]", r"help.toml: body\[1\].questions: is empty"),
        ('type = "contact"', 'type = "contact"\ntext = "x"', r"help.toml: body\[2\].text: no such key"),
        ('title = "Help"', "title = ", r"help.toml: .*line 2"),
    ],
)
def test_error_names_the_file_and_the_key(write, before, after, message):
    with pytest.raises(PageFileError, match=message):
        read_page_file(write(GOOD.replace(before, after)))


def test_file_that_is_no_utf8_is_named(write):
    with pytest.raises(PageFileError, match=r"latin\.toml"):
        read_page_file(write(b'title = "caf\xe9"', name="latin.toml"))


def test_our_own_files_can_all_be_read():
    assert [page.slug for page in read_page_files()] == ["about", "accessibility", "cookies", "help", "privacy"]
