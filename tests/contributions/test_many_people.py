"""Several people edit one page from the same beginning: every word typed is on it, or in a conflict that is shown."""

import os
import random
import re
from collections import Counter
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contributions import services
from contributions.applying import ConflictError
from contributions.conflicts import conflict_changes, present_conflict
from contributions.content import Change, Content, changes_between, content_of, empty_content, merge_changes
from contributions.models import ProposedEdit, State
from practices.models import PracticePage
from tests.factories.contributions import trusted_person, writer
from tests.factories.practices import PracticeFactory

SOAK = int(os.environ.get("SOAK", "1"))
CASES = 200 if SOAK == 1 else 10_000
# Half a second each; `make soak` tries many more.
CASES_IN_THE_DATABASE = 8 if SOAK == 1 else 300
TEXTS = ("what_it_is", "local_form")
ROWS = ("steps", "essentials")


class Typist:
    """Somebody who changes a page here and there; each word they type is typed once, so that it can be followed."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self.number, self.chance, self.typed = number, chance, 0

    def words(self) -> str:
        some = []
        for _ in range(self.chance.randint(1, 3)):
            self.typed += 1
            some.append(f"p{self.number}w{self.typed}x")
        return " ".join(some)

    def edit(self, content: Content) -> Content:
        edited = {**content}
        for _ in range(self.chance.randint(1, 5)):
            what = self.chance.choice([self.text, self.text, self.rows, self.rows, self.short])
            what(edited)
        return edited

    def text(self, content: Content) -> None:
        name = self.chance.choice(TEXTS)
        paragraphs = [part for part in content[name].split("\n\n") if part]
        place = self.chance.randint(0, len(paragraphs))
        act = self.chance.choice(["add", "reword", "extend", "remove", "move"])
        if act == "add" or place == len(paragraphs):
            paragraphs.insert(place, self.words())
        elif act == "reword":
            paragraphs[place] = self.words()
        elif act == "extend":
            paragraphs[place] += f" {self.words()}"
        elif act == "remove":
            del paragraphs[place]
        else:
            paragraphs.insert(0, paragraphs.pop(place))
        content[name] = "\n\n".join(paragraphs)

    def rows(self, content: Content) -> None:
        name = self.chance.choice(ROWS)
        rows = [dict(row) for row in content[name]]
        place = self.chance.randint(0, len(rows))
        act = self.chance.choice(["add", "reword", "remove", "move"])
        if act == "add" or place == len(rows):
            rows.insert(place, a_row(self.words()))
        elif act == "reword":
            rows[place]["text"] = self.words()
        elif act == "remove":
            del rows[place]
        else:
            rows.insert(self.chance.randint(0, len(rows) - 1), rows.pop(place))
        content[name] = rows

    def short(self, content: Content) -> None:
        content[self.chance.choice(["title", "summary", "cost"])] = self.words()


def a_row(words: str) -> dict[str, str]:
    """A row with a key that no other has, as each has words that no other has."""
    return {"key": str(uuid5(NAMESPACE_OID, words)), "text": words}


def words_in(thing: Any) -> Counter[str]:
    return Counter(re.findall(r"[pb]\d+w\d+x", str(thing)))


def a_page(chance: random.Random) -> Content:
    base = Typist(0, chance)
    rows = {name: [a_row(base.words()) for _ in range(chance.randint(0, 4))] for name in ROWS}
    texts = {name: "\n\n".join(base.words() for _ in range(chance.randint(0, 4))) for name in TEXTS}
    return {**empty_content(PracticePage), "title": base.words(), "summary": base.words(), **rows, **texts}


def typed_by(changes: dict[str, Change]) -> Counter[str]:
    """The words that stand in what somebody made of a page and did not stand there before."""
    before = words_in([change.base for change in changes.values()])
    return words_in([change.mine for change in changes.values()]) - before


def taken_out(base: Content, changes: dict[str, Change]) -> Counter[str]:
    """The words that stood there before and do not in what somebody made of it."""
    return words_in(base) - words_in({**base, **{name: change.mine for name, change in changes.items()}})


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(2, 6), st.randoms(use_true_random=False))
def test_no_word_vanishes_and_none_is_doubled(people, chance):
    base = a_page(chance)
    edits = [changes_between(base, Typist(number, chance).edit(base)) for number in range(1, people + 1)]
    chance.shuffle(edits)
    page, in_conflict = base, []
    for changes in edits:
        merged = merge_changes(PracticePage, changes, page)
        if merged.conflicts:
            in_conflict.append((changes, merged, words_in(page)))
        else:
            page = merged.content
    on_page = words_in(page)
    assert max(on_page.values(), default=0) <= 1, "a word stands twice"
    waiting = [id(changes) for changes, *_rest in in_conflict]
    for changes in edits:
        typed = typed_by(changes)
        if id(changes) not in waiting:
            assert typed <= on_page, f"lost: {typed - on_page}"
    for changes, merged, there in in_conflict:
        assert typed_by(changes) <= words_in(merged.content), "a word is neither in the conflict nor beside it"
        shown = words_in([(each.mine, each.theirs) for found in merged.conflicts.values() for each in found])
        hidden = there - (words_in(merged.content) | shown) - taken_out(base, changes)
        assert not hidden, f"the conflict hides words of the page: {hidden}"
    for word in words_in(base) - on_page:
        assert any(word in taken_out(base, changes) for changes in edits), f"nobody took out {word}"


@pytest.mark.django_db
@settings(
    max_examples=CASES_IN_THE_DATABASE, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.integers(2, 6), st.randoms(use_true_random=False))
def test_the_same_through_the_service_with_every_conflict_settled_by_its_author(library, people, chance):
    """Who has a conflict keeps all their own words: then all words of all people stand on the page, or in a draft."""
    page = PracticeFactory(
        title="b0w1x", summary="b0w2x", what_it_is="b0w3x\n\nb0w4x\n\nb0w5x", steps=["b0w6x", "b0w7x"]
    )
    page = PracticePage.objects.get(pk=page.pk)
    base = content_of(page.specific)
    drafts = []
    for number in range(1, people + 1):
        person = writer(trusted_person(), f"browser {number}")
        changes = changes_between(base, Typist(number, chance).edit(base))
        if changes:
            drafts.append(
                (person, services.begin_draft(by=person, changes=changes, page=page, base=page.latest_revision))
            )
    chance.shuffle(drafts)
    for person, draft in drafts:
        for _ in range(3):
            try:
                draft = services.send_proposal(proposal=draft, by=person)
                break
            except ConflictError:
                draft.refresh_from_db()
                view = present_conflict(draft, None)
                now = PracticePage.objects.get(pk=page.pk)
                draft = services.settle_conflict(
                    proposal=draft, changes=conflict_changes(draft, view), base=now.latest_revision, by=person
                )
            except services.NothingChangedError:
                break
    on_page = words_in(content_of(PracticePage.objects.get(pk=page.pk).specific))
    assert max(on_page.values(), default=0) <= 1
    sent = {draft.pk for _person, draft in drafts}
    for edit in ProposedEdit.objects.filter(pk__in=sent):
        assert edit.state == State.ACCEPTED or not edit.changes
    revisions = words_in([revision.content for revision in page.revisions.all()])
    for _person, draft in drafts:
        assert typed_by(draft.changed) <= revisions, "a word was never on the page"
