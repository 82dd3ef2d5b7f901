"""The made-up library: the same for the same seed, and of the shape that measuring needs."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from itertools import islice
from statistics import median

import pytest

from bench.fill import add_terms, fill, progress_of, read_options
from bench.libraries import ROOT, environment, seconds_told
from bench.library import DAYS, LARGEST_FAMILY, made_practices
from bench.queries import made_queries, words_in
from bench.terms import COMMON, STARTER_PRINCIPLES, made_terms
from bench.words import TOPICS, rare_words
from practices.models import Kind, PracticePage
from practices.models.pages import RESERVED_SLUGS
from practices.starter import FOLDER, VOCABULARIES, load_vocabularies, read_toml
from search.text import stem

# Of the first 200 practices of seed 1. A change of words or rules changes it, and figures of before cannot be compared.
DIGEST = "71229b317a71a92e8861b99f9dd07e13c848a76b2bc67ac0383fc68ce2ad9b99"


@pytest.fixture(scope="module")
def practices():
    return list(made_practices(1_000))


def digest(practices):
    told = json.dumps([asdict(practice) for practice in practices], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def test_a_seed_gives_the_same_library_to_the_last_key(practices):
    assert digest(practices[:200]) == digest(islice(made_practices(5_000), 200)) == DIGEST
    assert digest(made_practices(200, seed=2)) != DIGEST


def test_every_page_says_that_it_is_made_up_and_no_address_leads_anywhere(practices):
    for practice in practices:
        assert "made-up" in practice.fields["summary"]
        assert practice.fields.get("website", "https://x.example.org/").endswith(".example.org/")
        assert {row["publisher"] for row in practice.rows["sources"]} == {"Made-up Press"}


def test_it_is_as_long_and_as_varied_as_a_library_of_practices(practices):
    lengths = [len(re.findall(r"\w+", all_text(practice))) for practice in practices]
    assert min(lengths) >= 130
    assert 300 <= median(lengths) <= 450
    assert sorted(lengths)[950] <= 620
    kinds = Counter(practice.kind for practice in practices)
    assert set(kinds) == set(Kind.values)
    assert all(70 <= number <= 130 for kind, number in kinds.items() if kind != Kind.OTHER)
    for name in ("status", "cost_band", "aim"):
        assert len({practice.fields[name] for practice in practices}) >= 4
    firsts = [practice.first_published_at for practice in practices]
    assert (max(firsts) - min(firsts)).days > DAYS * 0.95
    assert all(practice.last_published_at >= practice.first_published_at for practice in practices)
    assert len({practice.slug for practice in practices} - RESERVED_SLUGS) == len(practices)


def all_text(practice):
    texts = [text for text in practice.fields.values() if isinstance(text, str)]
    texts += [text for rows in practice.rows.values() for row in rows for text in row.values() if isinstance(text, str)]
    return " ".join(texts)


def test_local_versions_name_an_earlier_practice_and_its_essentials():
    seen, sizes = {}, Counter()
    for practice in made_practices(3_000):
        if practice.adapted_from:
            told = {row["essential"] for row in practice.rows["adaptation"]}
            assert told == seen[practice.adapted_from]
            sizes[practice.adapted_from] += 1
        seen[practice.slug] = {row["key"] for row in practice.rows["essentials"]}
    assert 300 <= sum(sizes.values()) <= 500
    assert 30 <= max(sizes.values()) < LARGEST_FAMILY


def test_its_words_have_a_long_tail():
    heads, tails = (Counter() for _ in range(2))
    for number, practice in enumerate(made_practices(3_000)):
        (heads if number < 1_500 else tails).update(words_in(practice))
    assert len(heads | tails) > 6_000
    assert len(set(tails) - set(heads)) > 2_000
    assert len(set(rare_words())) == len(rare_words()) > 20_000


def test_a_common_word_stands_on_two_pages_of_five(practices):
    held = sum(
        "communi" in " ".join(words_in(each)) or each.kind in ("poverty-truth-commission", "community-connector")
        for each in practices
    )
    assert 0.33 <= held / len(practices) <= 0.43


def test_its_terms_are_those_of_the_starter_vocabulary_and_enough_others(practices):
    starter = {name: {row["slug"] for row in rows} for name, rows in read_toml(FOLDER / "vocabulary.toml")[1].items()}
    made = {name: [term.slug for term in terms] for name, terms in made_terms().items()}
    assert {name: len(starter[name]) + len(made[name]) for name in VOCABULARIES} == {
        "outcomes": 60,
        "beneficiary_groups": 40,
        "principles": 30,
    }
    for name, slugs in COMMON.items():
        assert set(slugs) <= starter[name]
        assert not starter[name] & set(made[name])
    assert set(STARTER_PRINCIPLES) <= starter["principles"]
    for topic in TOPICS:
        assert set(topic["outcomes"]) <= starter["outcomes"]
        assert set(topic["groups"]) <= starter["beneficiary_groups"]
    assert all(any(" " in word for word in term.also) for terms in made_terms().values() for term in terms)


def test_a_few_terms_are_on_a_third_of_the_pages_and_most_on_few(practices):
    used = Counter(slug for practice in practices for slug in practice.outcomes)
    shares = [number / len(practices) for number in used.values()]
    assert 3 <= sum(share > 0.25 for share in shares) <= 5
    assert len(shares) > 50
    assert 0.003 < median(shares) < 0.03


def test_queries_of_a_class_are_on_as_many_pages_as_it_says(practices):
    pages = [{stem(word) for word in words_in(practice)} for practice in practices]
    medians = {}
    found = made_queries()
    for name, queries in found.items():
        assert len(set(queries)) >= 20
        assert {len(query.split()) for query in queries} == {1, 2, 3}
        held = [sum({stem(word) for word in query.split()} <= words for words in pages) for query in queries]
        medians[name] = median(held)
        assert min(held) >= (1 if name in ("common", "broad", "narrow") else 0), (name, queries)
    assert medians["common"] > 300 > medians["broad"] > 50 > medians["medium"] > medians["narrow"] >= 1
    assert found == made_queries()
    assert found["common"][0] == "community"


def test_a_library_is_filled_with_all_its_terms_and_the_speed_is_told(library, capsys):
    load_vocabularies()
    add_terms()
    fill(30, seed=1, batch=12, indexed=False)
    pages = PracticePage.objects.visible()
    assert list(pages.order_by("path").values_list("slug", flat=True)) == [made.slug for made in made_practices(30)]
    assert [model.objects.count() for model in VOCABULARIES.values()] == [60, 40, 30]
    told = capsys.readouterr().out
    assert re.search(r"^Made 30 practices in \S+ s: [\d,]+ a second, \S+ ms each$", told, re.MULTILINE)
    assert re.search(r"^Loaded 30 practices in \S+ s: [\d,]+ a second, \S+ ms each$", told, re.MULTILINE)


def test_the_command_fills_an_empty_folder_and_its_index(tmp_path):
    # To look for garbage among the classes of all migrations would take it nine seconds.
    begin = "import gc, runpy; gc.disable(); runpy.run_module('bench.fill', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [sys.executable, "-c", begin, "--practices", "40", "--batch", "15", "--data-dir", str(tmp_path)],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert seconds_told(done.stdout).keys() == {"made", "loaded", "indexed"}
    health = [sys.executable, "manage.py", "index", "--check"]
    told = subprocess.run(health, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_progress_is_a_line_for_each_tenth_in_a_log(capsys):
    show = progress_of("Loading", 1_000)
    for done in range(50, 1_050, 50):
        show(done)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("Loading: 100 of 1,000, ")
    assert "a second" in lines[-1] and "0 s left" in lines[-1]


def test_the_command_needs_a_number_and_a_folder(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["fill", "--practices", "50", "--data-dir", str(tmp_path), "--no-index"])
    options = read_options()
    assert (options.practices, options.data_dir, options.seed, options.no_index) == (50, tmp_path, 1, True)
    monkeypatch.setattr("sys.argv", ["fill", "--practices", "50"])
    with pytest.raises(SystemExit):
        read_options()
    assert "--data-dir" in capsys.readouterr().err
