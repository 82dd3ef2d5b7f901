"""Two people's changes put together: no word that anybody typed is lost, and none stands twice."""

import os
import re
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contributions.merging import Conflict, Merged, merge_rows, merge_set, merge_text, merge_value

CASES = int(os.environ.get("SOAK", "1")) * 200


def words_in(thing: Any) -> Counter[str]:
    return Counter(re.findall(r"\w+", str(thing)))


class TestValues:
    @pytest.mark.parametrize(
        ("base", "mine", "theirs", "merged"),
        [
            ("a", "a", "a", "a"),
            ("a", "b", "a", "b"),
            ("a", "a", "b", "b"),
            ("a", "b", "b", "b"),
            (None, 3, None, 3),
            ("a", "", "a", ""),
        ],
    )
    def test_what_one_changed_is_taken(self, base, mine, theirs, merged):
        assert merge_value(base, mine, theirs) == Merged(merged)

    def test_what_both_changed_is_a_conflict_that_keeps_what_was_typed(self):
        assert merge_value("a", "b", "c") == Merged("b", (Conflict("a", "b", "c"),))


class TestSets:
    def test_what_either_added_is_there_and_what_either_took_out_is_not(self):
        assert merge_set([1, 2, 3], [2, 3, 4], [1, 2, 5]).value == [2, 4, 5]

    @given(*[st.frozensets(st.integers(0, 6))] * 3)
    def test_it_is_the_same_whoever_comes_first(self, base, one, other):
        assert merge_set(base, one, other) == merge_set(base, other, one)


class TestTexts:
    BASE = "One.\n\nTwo.\n\nThree."

    @pytest.mark.parametrize(
        ("mine", "theirs", "merged"),
        [
            ("One!\n\nTwo.\n\nThree.", "One.\n\nTwo!\n\nThree.", "One!\n\nTwo!\n\nThree."),
            ("New.\n\nOne.\n\nTwo.\n\nThree.", "One.\n\nTwo.", "New.\n\nOne.\n\nTwo."),
            ("One.\n\nTwo.\n\nThree.\n\nMine.", "One.\n\nTwo.\n\nThree.\n\nTheirs.", BASE + "\n\nTheirs.\n\nMine."),
            ("One.\n\nTwo.\n\nThree.\n\nNew.", "One.\n\nTwo.\n\nThree.\n\nNew.", BASE + "\n\nNew."),
            ("Two.\n\nThree.", "One.\n\nThree.", "Three."),
            ("", "One.\n\nTwo.\n\nThree.", ""),
        ],
    )
    def test_paragraphs_of_two_people_fit_together(self, mine, theirs, merged):
        assert merge_text(self.BASE, mine, theirs) == Merged(merged)

    def test_the_same_paragraph_is_a_conflict_and_the_rest_fits(self):
        merged = merge_text(self.BASE, "One!\n\nTwo.\n\nThree!", "One?\n\nTwo, too.\n\nThree.")
        assert merged.value == "One!\n\nTwo, too.\n\nThree!"
        assert merged.conflicts == (Conflict("One.", "One!", "One?", paragraph=0),)

    def test_words_against_a_removal_are_a_conflict_and_stay(self):
        base = "A long first paragraph about bread.\n\nAnother one on tea and talk."
        mine = "A long first paragraph about bread."
        merged = merge_text(base, mine, base.replace("talk", "company"))
        (conflict,) = merged.conflicts
        assert conflict.mine is None and "company" in merged.value

    @given(st.lists(st.integers(0, 99), max_size=6), st.data())
    @settings(max_examples=CASES, deadline=None)
    def test_every_word_typed_is_there_or_in_a_conflict_and_none_twice(self, numbers, data):
        """Each word is typed once, so that it can be told where it went."""
        fresh = iter(range(1000))
        was = [f"word{number}of{place}" for place, number in enumerate(numbers)]
        one, other = (self.edited(was, data, fresh) for _ in range(2))
        merged = merge_text("\n\n".join(was), "\n\n".join(one), "\n\n".join(other))
        typed = (set(one) | set(other)) - set(was)
        there, told = words_in(merged.value), words_in(merged.conflicts)
        assert {word for word in typed if not (there[word] or told[word])} == set()
        assert max(there.values(), default=0) <= 1
        untouched = set(was) & set(one) & set(other)
        assert untouched <= set(there)

    @staticmethod
    def edited(was, data, fresh):
        """A text as somebody leaves it: some paragraphs reworded, taken out or put in."""
        now = []
        for word in was:
            what = data.draw(st.sampled_from(["keep", "keep", "reword", "remove", "before"]))
            if what == "before":
                now.append(f"new{next(fresh)}")
            if what != "remove":
                now.append(f"new{next(fresh)}" if what == "reword" else word)
        return now + [f"new{next(fresh)}" for _ in range(data.draw(st.integers(0, 2)))]

    @pytest.mark.parametrize(
        "hostile",
        [
            "\n\n".join(["a"] * 10_000),
            "\n\n".join(f"{number % 7}" for number in range(10_000)),
            " " * 20_000 + "\n" * 20_000,
            ("x" * 20_000),
            "\n\n".join("ab" * number for number in range(140)),
            "\n\n".join(" ".join(f"w{(number * place) % 101}" for place in range(100)) for number in range(390)),
        ],
        ids=[
            "one over and over",
            "seven over and over",
            "blanks",
            "one long",
            "alike",
            "the same words in other orders",
        ],
    )
    def test_hostile_text_takes_no_longer_than_half_a_second(self, hostile):
        begun = time.monotonic()
        merge_text(hostile, hostile[7:] + "\n\nb", "c\n\n" + hostile[:-9])
        merge_text("", hostile, hostile[::-1])
        assert time.monotonic() - begun < 2.5

    def test_two_texts_of_twenty_thousand_words_fit_together(self):
        base = "\n\n".join(f"Paragraph {number}: " + "word " * 98 for number in range(200))
        mine, theirs = base.replace("Paragraph 7:", "Mine 7:"), base.replace("Paragraph 190:", "Theirs 190:")
        merged = merge_text(base, mine, theirs)
        assert not merged.conflicts
        assert "Mine 7:" in merged.value and "Theirs 190:" in merged.value


def row(key: str, text: str = "", **more: Any) -> dict[str, Any]:
    return {"key": key, "text": text or key, **more}


def keys(merged: Merged) -> str:
    return "".join(each["key"] for each in merged.value)


class TestRows:
    @pytest.mark.parametrize(
        ("base", "mine", "theirs", "merged"),
        [
            ("abc", "abcd", "abc", "abcd"),
            ("abc", "abcx", "abcy", "abcyx"),
            ("abc", "axbc", "abyc", "axbyc"),
            ("abc", "ac", "abc", "ac"),
            ("abc", "cab", "abc", "cab"),
            ("abc", "abc", "cba", "cba"),
            ("abc", "cab", "abcd", "cdab"),
            ("abc", "bca", "cab", "cab"),
            ("abc", "bc", "ab", "b"),
            ("", "x", "y", "yx"),
        ],
    )
    def test_rows_added_removed_and_moved_by_two(self, base, mine, theirs, merged):
        found = merge_rows(*[[row(key) for key in keys] for keys in (base, mine, theirs)])
        assert (keys(found), found.conflicts) == (merged, ())

    def test_two_who_change_different_parts_of_a_row_are_no_conflict(self):
        merged = merge_rows([row("a", "x", figure="1")], [row("a", "y", figure="1")], [row("a", "x", figure="2")])
        assert merged == Merged([row("a", "y", figure="2")])

    def test_the_same_words_changed_by_both_are_a_conflict(self):
        merged = merge_rows([row("a", "x")], [row("a", "y")], [row("a", "z")])
        assert merged == Merged([row("a", "y")], (Conflict("x", "y", "z", key="a", column="text"),))

    def test_a_change_against_a_removal_is_a_conflict_and_the_words_stay(self):
        changed, was = row("a", "y"), row("a", "x")
        assert merge_rows([was], [changed], []) == Merged([changed], (Conflict(was, changed, None, key="a"),))
        assert merge_rows([was], [], [changed]) == Merged([changed], (Conflict(was, None, changed, key="a"),))

    @given(st.data())
    @settings(max_examples=CASES, deadline=None)
    def test_every_word_typed_is_there_or_in_a_conflict_and_no_row_twice(self, data):
        fresh = iter(range(1000))
        base = [row(f"k{number}", f"word{number}") for number in range(data.draw(st.integers(0, 5)))]
        one, other = (self.edited(base, data, fresh) for _ in range(2))
        merged = merge_rows(base, one, other)
        there = [each["key"] for each in merged.value]
        assert len(there) == len(set(there))
        typed = {each["text"] for each in (*one, *other)} - {each["text"] for each in base}
        found = words_in(merged.value) + words_in(merged.conflicts)
        assert typed <= set(found)
        both = {each["key"] for each in one} & {each["key"] for each in other}
        assert both <= set(there)

    @staticmethod
    def edited(base, data, fresh):
        now = [dict(each) for each in base if data.draw(st.booleans()) or data.draw(st.booleans())]
        for each in now:
            if data.draw(st.sampled_from([True, False, False])):
                each["text"] = f"new{next(fresh)}"
        now += [row(f"n{number}") for number in (next(fresh) for _ in range(data.draw(st.integers(0, 2))))]
        return data.draw(st.permutations(now))
