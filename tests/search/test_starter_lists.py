"""Loading the first wanted list."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from search.models import WantedPractice
from search.starter_lists import WANTED, StarterListError, load_list

pytestmark = pytest.mark.django_db

GOOD = """
source_publisher = "A Better Way"
[[wanted]]
key = "one"
title = "Something"
why = "Who does it?"

[[wanted]]
key = "two"
title = "Another"
why = "How?"
source_title = "A note"
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "wanted.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_supplied_list_loads_once_and_again():
    assert load_list(WANTED) == (30, 0)
    assert load_list(WANTED) == (0, 0)
    assert WantedPractice.objects.open().count() == 30
    assert not WantedPractice.objects.exclude(source_publisher="A Better Way").exists()
    assert ".txt" not in WANTED.path.read_text(encoding="utf-8")


def test_a_changed_entry_is_renewed_unless_somebody_edited_it(write):
    load_list(WANTED, write(GOOD))
    WantedPractice.objects.filter(starter_key="two").update(why="I know how.")
    assert load_list(WANTED, write(GOOD.replace("Who does it?", "Who?").replace("How?", "How so?"))) == (0, 1)
    assert set(WantedPractice.objects.values_list("why", flat=True)) == {"Who?", "I know how."}


def test_a_closed_entry_stays_closed(write):
    load_list(WANTED, write(GOOD))
    WantedPractice.objects.filter(starter_key="one").update(state="answered")
    load_list(WANTED, write(GOOD.replace("Who does it?", "Who?")))
    assert WantedPractice.objects.get(starter_key="one").state == "answered"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("Another", "x" * 300), r"wanted.toml, line 10: two: title: "),
        (('why = "How?"', "why = 3"), r"wanted.toml, line 11: two: why: write it as text"),
        (('why = "How?"', 'wy = "How?"'), r"wanted.toml, line 11: two: wy: there is no such field"),
        (('title = "Another"\n', ""), r"wanted.toml, line 9: two: title: "),
        (('"two"', '"one"'), r"wanted.toml, line 9: one: the key 'one' stands twice"),
        (('key = "two"\n', ""), r"wanted.toml: key: the entry number 2 has none"),
        (('"Another"', '"Another'), r"wanted.toml: .*line 10"),
        (("[[wanted]]", "[wanted]"), r"wanted.toml: "),
    ],
)
def test_an_error_names_file_entry_and_line_and_loads_nothing(write, change, message):
    with pytest.raises(StarterListError, match=message):
        load_list(WANTED, write(GOOD.replace(*change)))
    assert not WantedPractice.objects.exists()


def test_the_commands(write, tmp_path, capsys, library):
    call_command("load_wanted")
    assert "30 added" in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_wanted", tmp_path / "missing.toml")
    call_command("index")
    call_command("index", "--if-needed")
    call_command("index", "--waiting")
    assert "as it should be" in capsys.readouterr().out
