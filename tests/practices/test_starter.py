import re
import shutil
import tomllib
from pathlib import Path

import pytest

from practices.models import Outcome, Part, PracticePage, StarterEntry
from practices.starter import FOLDER, StarterFileError, load_library, load_vocabularies
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db

PRACTICE = """kind = "other"
title = "The kettle"
summary = "Somebody puts the kettle on, and people stay."
outcomes = ["less-loneliness"]

[[essentials]]
key = "kettle"
text = "Put the kettle on."

[[changes]]
key = "stayed"
claim = "People stayed."
outcome = "less-loneliness"
source = "note"

[[sources]]
key = "note"
title = "A note"
parts = ["essentials"]
"""


@pytest.fixture
def folder(tmp_path: Path, library) -> Path:
    (tmp_path / "practices").mkdir()
    shutil.copy(FOLDER / "vocabulary.toml", tmp_path)
    (tmp_path / "practices" / "the-kettle.toml").write_text(PRACTICE)
    load_vocabularies(tmp_path)
    return tmp_path


def rewrite(folder: Path, old: str, new: str, name: str = "the-kettle") -> None:
    path = folder / "practices" / f"{name}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_every_file_of_the_starter_library_makes_a_page_with_its_rows_and_sources(library):
    load_vocabularies()
    files = sorted((FOLDER / "practices").glob("*.toml"))
    assert load_library() == len(files) == 65
    for path in files:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        page = PracticePage.objects.get(slug=path.stem).specific
        assert page.live and page.kind == data["kind"] and page.owner is None
        for table in ("principles", "essentials", "steps", "changes", "voices", "questions", "sources"):
            assert getattr(page, table).count() == len(data.get(table, [])), (path.stem, table)
        sources = {source.key for source in page.sources.all()}
        assert all(row.source in sources for row in [*page.changes.all(), *page.voices.all()])
        spoken_for = {part for source in page.sources.all() for part in source.parts}
        assert spoken_for <= set(Part.values) and "what_it_is" in spoken_for


def test_cost_and_who_told_it_stay_unknown_where_no_source_says(library):
    load_vocabularies()
    load_library()
    assert set(PracticePage.objects.values_list("cost_band", flat=True)) == {"unknown"}
    assert set(PracticePage.changes.rel.related_model.objects.values_list("told_by", flat=True)) == {"unknown"}


def test_loading_twice_changes_nothing(folder):
    assert load_library(folder) == 1
    revision = PracticePage.objects.get().latest_revision_id
    assert load_library(folder) == 0
    assert PracticePage.objects.get().latest_revision_id == revision


def test_a_changed_file_updates_an_untouched_page_and_keeps_the_keys_of_its_rows(folder):
    load_library(folder)
    key = PracticePage.objects.get().essentials.get().key
    rewrite(folder, "Put the kettle on.", "Put the kettle on first.")
    assert load_library(folder) == 1
    essential = PracticePage.objects.get().essentials.get()
    assert (essential.text, essential.key) == ("Put the kettle on first.", key)


def test_a_page_that_somebody_edited_is_never_overwritten(folder):
    load_library(folder)
    page = PracticePage.objects.get()
    page.summary = "My own words."
    page.save_revision().publish()
    rewrite(folder, "people stay", "people go")
    assert load_library(folder) == 0
    assert PracticePage.objects.get().summary == "My own words."


def test_a_page_that_was_taken_down_does_not_come_back(folder):
    load_library(folder)
    PracticePage.objects.get().unpublish()
    rewrite(folder, "people stay", "people go")
    assert load_library(folder) == 0
    assert not PracticePage.objects.get().live


def test_a_page_of_somebody_elses_with_the_same_address_is_left_alone(folder):
    PracticeFactory(slug="the-kettle", title="Not the loader's")
    assert load_library(folder) == 0
    assert not StarterEntry.objects.exists()


def test_a_local_version_is_linked_to_its_original_whatever_their_names(folder):
    local = PRACTICE.replace('title = "The kettle"', 'title = "A kettle here"\nadapted_from = "the-kettle"')
    (folder / "practices" / "a-kettle-here.toml").write_text(local)
    load_library(folder)
    assert PracticePage.objects.get(slug="a-kettle-here").adapted_from.slug == "the-kettle"


def test_terms_that_moderators_renamed_or_merged_are_found_and_not_made_again(folder):
    load_vocabularies(folder)
    lonely = Outcome.objects.get(slug="less-loneliness")
    target = Outcome.objects.get(slug="stronger-relationships")
    Outcome.objects.filter(pk=lonely.pk).update(merged_into=target, label="Something else")
    assert load_vocabularies(folder) == 0
    load_library(folder)
    assert list(PracticePage.objects.get().outcomes.all()) == [target]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "other"', 'kind = "club"', r"the-kettle.toml, line 1: kind: .*community-connector"),
        ('title = "The kettle"', 'titel = "The kettle"', r"line 2: titel: this kind of practice has no such part"),
        ('summary = "Somebody', 'summary = "' + "x" * 300, r"line 3: summary: "),
        ('outcomes = ["less-loneliness"]', 'outcomes = ["joy"]', r"line 4: outcomes: the vocabulary has no term 'joy'"),
        ('outcomes = ["less-loneliness"]', 'nations = ["france"]', r"line 4: nations: "),
        ('outcomes = ["less-loneliness"]', "outcomes = [", r"line \d+: this is not TOML"),
        ('outcome = "less-loneliness"', 'outcome = "joy"', r"line 13: outcome: the vocabulary has no term 'joy'"),
        ('source = "note"', 'source = "letter"', r"line 14: source: the list of sources has no 'letter'"),
        ('source = "note"', 'basis = "guessed"', r"line 14: basis: "),
        ('parts = ["essentials"]', 'parts = ["everything"]', r"line 19: parts: "),
        ('key = "kettle"', "", r"line 6: key: each row needs a key of its own"),
        ('outcomes = ["less-loneliness"]', "outcomes = 5", r"line 4: outcomes: this is not of the right type"),
        (
            'outcomes = ["less-loneliness"]',
            'adapted_from = ["x"]',
            r"line 4: adapted_from: this is not of the right type",
        ),
        ('outcomes = ["less-loneliness"]', 'since = "2009"', r"line 4: since: this is not of the right type"),
        ('key = "kettle"', "key = [1]", r"line 7: key: this is not of the right type"),
        ('source = "note"', "source = [1]", r"line 14: source: this is not of the right type"),
        ('outcomes = ["less-loneliness"]', 'adapted_from = "nothing"', r"line 4: adapted_from: there is no practice"),
        ('outcomes = ["less-loneliness"]', 'adapted_from = "the-kettle"', r"line 4: adapted_from: .* circle"),
    ],
)
def test_an_error_names_file_line_and_key_and_loads_nothing(folder, old, new, says):
    rewrite(folder, old, new)
    with pytest.raises(StarterFileError) as raised:
        load_library(folder)
    assert re.search(says, str(raised.value)), str(raised.value)
    assert not PracticePage.objects.exists()


def test_a_file_that_is_not_text_is_named(folder):
    (folder / "practices" / "a-picture.toml").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(StarterFileError, match=r"a-picture\.toml: this is not UTF-8"):
        load_library(folder)
