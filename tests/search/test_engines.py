"""The contract that every engine with an index keeps."""

import random
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from practices.cards import read_cards
from practices.models import Basis, Kind, Outcome, PracticePage, ReportedOutcome
from practices.services import merge_terms, save_term
from practices.signals import send_practice_changed
from practices.sureness import level_of
from search.engines.base import PAGE_SIZE
from search.hits import hits_of
from search.query import FACETS, SORTS
from search.vocabularies import vocabularies
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PhotoFactory,
    PracticeFactory,
    PrincipleFactory,
    SelfReliantGroupFactory,
    tried_in,
)

pytestmark = pytest.mark.django_db


def near_ids(results):
    return [hit.id for hit in results.near]


class TestWords:
    @pytest.mark.parametrize("asked", ["saving", "savings", "SAVED", "to save"])
    def test_forms_of_a_word_find_each_other(self, ask, ids, asked):
        page = PracticeFactory(title="A savings group")
        assert ids(ask(words=asked)) == [page.pk]

    @pytest.mark.parametrize("asked", ["womens", "women's", "women’s", "woman"])
    def test_possessives_find_each_other(self, ask, ids, asked):
        page = PracticeFactory(title="The Women's Circle")
        assert ids(ask(words=asked)) == [page.pk]

    @pytest.mark.parametrize("asked", ["self-reliant", "self reliant", "selfreliant"])
    def test_hyphenated_joined_and_apart_find_each_other(self, ask, ids, asked):
        pages = {PracticeFactory(title=f"A {form} group").pk for form in ("self-reliant", "self reliant")}
        if asked != "selfreliant":
            pages.add(PracticeFactory(title="A selfreliant group").pk)
            assert set(ids(ask(words=asked))) == pages
        else:
            joined = PracticeFactory(title="A selfreliant group").pk
            assert joined in ids(ask(words=asked))

    def test_accents_do_not_matter(self, ask, ids):
        page = PracticeFactory(title="Repair café")
        assert ids(ask(words="cafe")) == [page.pk]
        assert ids(ask(words="cafe\u0301")) == [page.pk]

    def test_both_of_two_telling_words_have_to_be_there_and_small_ones_need_not(self, ask, ids):
        both = PracticeFactory(summary="For older men who cook.")
        PracticeFactory(summary="For older women.")
        assert ids(ask(words="older and cook with the others")) == [both.pk]
        assert ask(words="cook and knit with the others").answer == "relaxed"

    def test_of_more_words_some_may_lack_if_the_others_stand_where_they_count(self, ask, ids):
        most = PracticeFactory(summary="For older men who cook.")
        PracticeFactory(summary="For older women.")
        PracticeFactory(what_it_is="Older, and somewhere else: cook.")
        results = ask(words="older men cook and knit")
        assert (results.answer, ids(results)) == ("exact", [most.pk])
        assert ask(words="older people who knit and sew").answer == "relaxed"

    def test_two_words_far_apart_in_the_text_are_no_answer(self, ask):
        PracticeFactory(what_it_is="It drove change. We took a lesson from it.")
        assert ask(words="lesson drove").answer == "relaxed"

    def test_a_phrase_in_quotes_stands_together(self, ask, ids):
        together = PracticeFactory(summary="Help with universal credit.")
        PracticeFactory(summary="Credit where it is due, in a universal way.")
        assert ids(ask(words='"universal credit"')) == [together.pk]

    def test_neighbours_that_stand_together_come_first(self, ask, ids):
        PracticeFactory(summary="A credit that is truly, widely and for all who come universal.")
        together = PracticeFactory(summary="Sitting with people who come for their universal credit.")
        assert ids(ask(words="universal credit"))[0] == together.pk

    def test_the_title_counts_more_than_the_body(self, ask, ids):
        PracticeFactory(what_it_is="A choir sings here.")
        titled = PracticeFactory(title="The choir")
        assert ids(ask(words="choir"))[0] == titled.pk

    @pytest.mark.parametrize("field", ["what_it_is", "why_it_works", "local_form", "did_not_work", "place", "cost"])
    def test_every_part_is_searched(self, ask, ids, field):
        page = PracticeFactory(**{field: "Zebra"})
        assert ids(ask(words="zebra")) == [page.pk]

    def test_rows_are_searched(self, ask, ids):
        pages = [
            PracticeFactory(essentials=["A zebra each"]),
            PracticeFactory(steps=["Find a zebra"]),
            PracticeFactory(questions=["Whose zebra is it?"]),
            PracticeFactory(changes=[{"claim": "More zebras"}]),
            PracticeFactory(voices=[{"quote": "I love my zebra"}]),
            PracticeFactory(principles=[{"principle": PrincipleFactory(), "how": "By zebra"}]),
        ]
        assert set(ids(ask(words="zebra"))) == {page.pk for page in pages}

    def test_fields_of_a_kind_are_searched(self, ask, ids):
        page = CommunityConnectorFactory(first_question="What does a good zebra look like?")
        assert ids(ask(words="zebra")) == [page.pk]

    @pytest.mark.parametrize("asked", ['"', "\x00", "(", "a:b", "[* TO *]", "💥", "AND OR NOT", "~^\\", "''", "ï¬"])
    def test_marks_of_query_languages_mean_nothing(self, ask, asked):
        PracticeFactory()
        assert ask(words=asked).answer in ("exact", "none", "relaxed")

    def test_only_marks_are_no_words(self, ask, ids):
        page = PracticeFactory()
        assert ids(ask(words="?!")) == [page.pk]


class TestSynonyms:
    def test_a_synonym_finds_what_has_the_term_and_what_says_it_otherwise(self, ask, ids):
        term = BeneficiaryGroupFactory(label="Older people", also=["pensioners", "elderly"])
        tagged = PracticeFactory(beneficiary_groups=[term])
        says = PracticeFactory(summary="With elderly neighbours.")
        PracticeFactory()
        assert ids(ask(words="pensioner")) == [tagged.pk]
        assert set(ids(ask(words="older people"))) == {tagged.pk, says.pk}

    def test_what_says_a_neighbour_of_a_synonym_comes_near_and_does_not_answer(self, ask, ids):
        term = OutcomeFactory(label="Money and security", also=["debt", "benefits"])
        tagged = PracticeFactory(outcomes=[term])
        says = PracticeFactory(summary="It saw the benefits.")
        results = ask(words="debt")
        assert (ids(results), near_ids(results)) == ([tagged.pk], [says.pk])

    def test_a_synonym_weighs_less_than_the_typed_word(self, ask, ids):
        BeneficiaryGroupFactory(label="Older people", also=["pensioners", "elderly"])
        says_otherwise = PracticeFactory(summary="A lunch for elderly neighbours.")
        says_it = PracticeFactory(summary="A lunch for older people nearby.")
        assert ids(ask(words="older people")) == [says_it.pk, says_otherwise.pk]

    def test_a_new_synonym_works_without_indexing(self, ask, ids):
        term = OutcomeFactory(label="Less loneliness")
        page = PracticeFactory(outcomes=[term])
        assert ids(ask(words="befriending")) == []
        term.also = ["befriending"]
        term.save()
        assert ids(ask(words="befriending")) == [page.pk]


class TestTruth:
    def test_an_update_leaves_one_hit(self, ask, ids):
        page = PracticeFactory(title="Before")
        for title in ("One", "Two", "Three"):
            page.title = title
            page.save_revision().publish()
            assert ids(ask()) == [page.pk]
        assert ids(ask(words="three")) == [page.pk]
        assert ask(words="before").total == 0

    def test_what_is_unpublished_or_deleted_is_not_found(self, ask, ids):
        page, other = PracticeFactory(), PracticeFactory()
        PracticeFactory(unpublished=True)
        assert set(ids(ask())) == {page.pk, other.pk}
        page.unpublish()
        assert ids(ask()) == [other.pk]
        other.delete()
        assert ask().total == 0

    def test_what_is_unpublished_is_not_shown_even_before_it_left_the_index(self, ask, engine):
        page = PracticeFactory()
        results = ask()
        PracticePage.objects.filter(pk=page.pk).update(live=False)
        assert hits_of(results, vocabularies())[0] == []

    def test_a_rebuild_holds_the_same(self, ask, ids, engine):
        pages = {PracticeFactory().pk for _ in range(3)}
        assert set(ids(ask())) == pages
        assert engine.rebuild() == 3
        assert set(ids(ask())) == pages


class TestCards:
    """A hit's card is drawn from what the index keeps, and is the one that every other list draws."""

    @pytest.fixture
    def practice(self, ask):
        last, first, seen, unlisted = (
            OutcomeFactory(label=label, sort_order=order)
            for order, label in ((2, "Last"), (1, "First"), (3, "Seen"), (0, "Not listed"))
        )
        page = SelfReliantGroupFactory(
            title="Savers",
            organisation="A charity",
            place="Leeds",
            status="active",
            status_reported="2024-05",
            outcomes=[last, first, seen],
            beneficiary_groups=[BeneficiaryGroupFactory(label="Older people"), BeneficiaryGroupFactory(label="Carers")],
            changes=[{"claim": "x", "outcome": seen}, {"claim": "y", "outcome": unlisted}, {"claim": "z"}],
            photo=PhotoFactory(),
        )
        PracticeFactory(title="Nothing known of it")
        assert ask().total == 2
        return page

    @staticmethod
    def assert_drawn_like_others(ask):
        drawn = {hit.card.id: hit.card for hit in hits_of(ask(), vocabularies())[0]}
        assert drawn == {card.id: card for card in read_cards(PracticePage.objects.visible())}
        return drawn

    def test_it_is_the_same_card(self, ask, practice):
        drawn = self.assert_drawn_like_others(ask)
        assert [(link.label, link.reported) for link in drawn[practice.pk].outcomes] == [
            ("Not listed", True),
            ("Seen", True),
            ("First", False),
            ("Last", False),
        ]

    def test_it_is_the_same_card_after_terms_were_renamed_ordered_and_merged(self, ask, practice):
        first, last = Outcome.objects.get(label="First"), Outcome.objects.get(label="Last")
        first.label, first.slug, first.sort_order = "Renamed", "renamed", 9
        save_term(term=first)
        self.assert_drawn_like_others(ask)
        merge_terms(source=last, target=Outcome.objects.get(pk=first.pk))
        self.assert_drawn_like_others(ask)

    def test_a_change_that_the_index_has_not_taken_in_shows(self, engine, ask, practice):
        results = ask()
        practice.title = "Not savers"
        practice.outcomes = [OutcomeFactory(label="New")]
        practice.save_revision().publish()
        hits = {hit.card.id: hit.card for hit in hits_of(results, vocabularies())[0]}
        assert hits[practice.pk].title == "Not savers"
        assert "New" in [link.label for link in hits[practice.pk].outcomes]

    def test_rows_are_read_by_one_question(self, ask, practice, django_assert_num_queries):
        PracticePage.objects.update(photo=None)
        results, terms = ask(), vocabularies()
        with django_assert_num_queries(2):  # the rows, and what is closed to the public
            assert len(hits_of(results, terms)) == 2


class TestOrder:
    def test_newest_is_what_changed_last(self, ask, ids):
        first, second = PracticeFactory(), PracticeFactory()
        first.save_revision().publish()
        assert ids(ask("sort=newest")) == [first.pk, second.pk]

    def test_titles_leave_articles_and_case_out(self, ask, ids):
        pages = {title: PracticeFactory(title=title).pk for title in ("The Owl", "apple", "A Pear", "Élan")}
        assert ids(ask("sort=title")) == [pages[title] for title in ("apple", "Élan", "The Owl", "A Pear")]

    def test_pages_tile_without_gap_or_double(self, ask, ids):
        pages = sorted(PracticeFactory(title="Same title for all").pk for _ in range(PAGE_SIZE + 5))
        for sort, words in product(SORTS, ("", "people")):
            first, second = ask(words=words, sort=sort), ask(words=words, sort=sort, page=2)
            assert len(first.hits) == PAGE_SIZE
            assert sorted([*ids(first), *ids(second)]) == pages, (sort, words)

    def test_what_is_alike_keeps_its_order_when_one_of_it_is_taken_in_anew(self, ask, ids):
        pages = [PracticeFactory(title="?!").pk for _ in range(3)]
        PracticePage.objects.update(last_published_at=timezone.now())
        for changed in (pages[0], pages[1]):
            send_practice_changed([changed])
            for sort, words in product(SORTS, ("", "people")):
                assert ids(ask(words=words, sort=sort)) == pages, (sort, words)

    def test_a_page_too_far_is_the_last_one(self, ask):
        PracticeFactory()
        results = ask(page=50)
        assert (results.query.page, len(results.hits)) == (1, 1)


class TestFacets:
    def test_choices_widen_within_a_facet_and_narrow_across(self, ask, ids):
        wales = PracticeFactory(nations=["wales"], status="active")
        england = PracticeFactory(nations=["england"], status="active")
        PracticeFactory(nations=["england"], status="paused")
        PracticeFactory(nations=["scotland"], status="active")
        assert set(ids(ask("nation=wales&nation=england&status=active"))) == {wales.pk, england.pk}

    def test_each_facet_counts_under_all_choices_but_its_own(self, ask):
        PracticeFactory(nations=["wales"], status="active")
        PracticeFactory(nations=["england"], status="active")
        PracticeFactory(nations=["england"], status="paused")
        facets = ask("nation=england").facets
        assert facets["nation"] == {"wales": 1, "england": 2}
        assert facets["status"] == {"active": 1, "paused": 1}

    def test_reported_outcomes_count_only_where_a_change_names_them(self, ask, ids):
        outcome = OutcomeFactory(slug="less-loneliness")
        hoped = PracticeFactory(outcomes=[outcome])
        reported = PracticeFactory(changes=[{"claim": "Less lonely", "outcome": outcome, "basis": "counted"}])
        assert set(ids(ask("outcome=less-loneliness"))) == {hoped.pk, reported.pk}
        results = ask("outcome=less-loneliness&reported=yes")
        assert ids(results) == [reported.pk]
        assert results.facets["outcome"] == {"less-loneliness": 1}
        assert results.facets["evidence"] == {"counted": 1}

    def test_kinds_are_counted(self, ask, ids):
        group = SelfReliantGroupFactory()
        PracticeFactory()
        results = ask("kind=self-reliant-group")
        assert ids(results) == [group.pk]
        assert results.facets["kind"] == {"self-reliant-group": 1, "other": 1}

    def test_a_merged_term_counts_for_its_target(self, ask, ids):
        target = OutcomeFactory(slug="less-loneliness")
        source = OutcomeFactory(slug="company")
        page = PracticeFactory(outcomes=[source])
        assert ask().facets["outcome"] == {"company": 1}
        merge_terms(source=source, target=target)
        assert ids(ask("outcome=company")) == [page.pk]
        assert ask().facets["outcome"] == {"less-loneliness": 1}

    def test_counts_are_those_of_a_count_by_hand(self, ask):
        chance = random.Random(7)
        terms = {
            "outcome": [OutcomeFactory(slug=f"o-{n}") for n in range(4)],
            "group": [BeneficiaryGroupFactory(slug=f"g-{n}") for n in range(4)],
            "principle": [PrincipleFactory(slug=f"p-{n}") for n in range(3)],
        }
        rows = [self.random_row(chance, terms) for _ in range(40)]
        for _ in range(25):
            chosen = {
                facet: sorted({chance.choice(self.values(facet)) for _ in range(chance.randint(1, 2))})
                for facet in chance.sample(FACETS, chance.randint(0, 4))
            }
            word = chance.choice(["", "", "apple", "apple pear"])
            reported = chance.random() < 0.3
            results = ask(words=word, reported=reported, **{key: tuple(values) for key, values in chosen.items()})
            expected, total = self.by_hand(rows, chosen, word, reported)
            if total:
                assert (results.total, results.facets) == (total, expected)
            else:
                assert results.answer != "exact"

    @staticmethod
    def values(facet: str) -> list[str]:
        return {
            "outcome": ["o-0", "o-1", "o-2", "o-3"],
            "group": ["g-0", "g-1", "g-2", "g-3"],
            "principle": ["p-0", "p-1", "p-2"],
            "kind": list(Kind.values),
            "aim": ["getting-by", "thriving", "both", "unknown"],
            "nation": ["england", "wales", "scotland"],
            "status": ["active", "paused", "unknown"],
            "cost": ["free", "low", "unknown"],
            "evidence": ["told", "counted", "studied", "reports"],
            "sure": ["hopes", "first", "several", "checked"],
        }[facet]

    @classmethod
    def random_row(cls, chance: random.Random, terms: dict) -> dict:
        def some(things: list, most: int) -> list:
            return chance.sample(things, chance.randint(0, most))

        factory = chance.choice([PracticeFactory, SelfReliantGroupFactory, CommunityConnectorFactory])
        outcomes, groups, principles = some(terms["outcome"], 3), some(terms["group"], 2), some(terms["principle"], 2)
        changes = [(chance.choice([None, *terms["outcome"]]), chance.choice(Basis.values)) for _ in range(2)]
        changes = chance.sample(changes, chance.randint(0, 2))
        verdicts = {"helped": chance.choice([0, 0, 1, 3]), "too_early": chance.choice([0, 0, 1])}
        seen = some(terms["outcome"], 1) if any(verdicts.values()) else []
        row = {name: chance.choice(cls.values(name)) for name in ("aim", "status", "cost")}
        nations, words = some(cls.values("nation"), 2), some(["apple", "pear", "plum"], 3)
        page = factory(
            summary=" ".join(words) or "nothing",
            outcomes=outcomes,
            beneficiary_groups=groups,
            principles=principles,
            changes=[{"claim": "x", "outcome": outcome, "basis": basis} for outcome, basis in changes],
            nations=nations,
            aim=row["aim"],
            status=row["status"],
            cost_band=row["cost"],
        )
        took_part = chance.randint(0, verdicts["helped"])
        tried_in(page, took_part=took_part, **verdicts)
        for outcome in seen:
            ReportedOutcome.objects.create(page=page, outcome=outcome, places=1)
        named = {outcome.slug for outcome in (*(outcome for outcome, _ in changes if outcome), *seen)}
        sure = level_of(page.totals, [(basis, "unknown") for _, basis in changes], timezone.localdate())
        return {
            "words": set(words),
            "reported": named,
            "outcome": {term.slug for term in outcomes} | named,
            "group": {term.slug for term in groups},
            "principle": {term.slug for term in principles},
            "kind": {str(factory._meta.model.kind)},
            "nation": set(nations),
            "evidence": {basis for _, basis in changes} | ({"reports"} if any(verdicts.values()) else set()),
            "sure": {str(sure)},
            **{name: {value} for name, value in row.items()},
        }

    @staticmethod
    def by_hand(rows: list[dict], chosen: dict, word: str, reported: bool) -> tuple[dict, int]:
        def held(row: dict, facet: str) -> set[str]:
            return row["reported"] if facet == "outcome" and reported else row[facet]

        def matches(row: dict, but: str = "") -> bool:
            return set(word.split()) <= row["words"] and all(
                held(row, facet) & set(values) for facet, values in chosen.items() if facet != but
            )

        counts: dict = {facet: {} for facet in FACETS}
        for facet in FACETS:
            for row in rows:
                if matches(row, but=facet):
                    for value in held(row, facet):
                        counts[facet][value] = counts[facet].get(value, 0) + 1
        return counts, sum(matches(row) for row in rows)


class TestNothingFound:
    def test_nothing_in_an_empty_library(self, ask):
        assert (ask().answer, ask().total) == ("none", 0)
        assert ask(words="anything at all").answer == "none"

    def test_near_hits_are_set_apart_and_say_what_was_dropped(self, ask, ids):
        page = PracticeFactory(summary="Peer support for those who care.")
        results = ask(words="interpreter for peer support")
        assert results.answer == "relaxed"
        assert (ids(results), near_ids(results)) == ([], [page.pk])
        _hits, near = hits_of(results, vocabularies())
        assert [hit.missing for hit in near] == [("interpreter",)]

    def test_the_least_telling_word_goes_first(self, ask, ids):
        OutcomeFactory(label="Less loneliness", also=["lonely"])
        PracticeFactory(summary="A cup of tea.")
        PracticeFactory(summary="A cup of soup.")
        page = PracticeFactory(summary="For lonely neighbours.")
        results = ask(words="lonely cup")
        assert results.looked_for.words == "lonely"
        assert near_ids(results)[0] == page.pk

    def test_a_filter_goes_before_a_word(self, ask, ids):
        page = PracticeFactory(summary="Growing leeks.", nations=["wales"])
        PracticeFactory(summary="Growing beans.", nations=["england"])
        results = ask("q=growing+leeks&nation=england")
        assert (results.dropped_facets, results.looked_for.words) == (("nation",), "growing leeks")
        assert near_ids(results)[0] == page.pk

    def test_one_word_goes_before_a_word_and_a_filter(self, ask, ids):
        page = PracticeFactory(summary="Growing leeks.", nations=["wales"])
        PracticeFactory(summary="Cooking beans.", nations=["england"])
        results = ask("q=leeks+cooking&nation=wales")
        assert (results.dropped_facets, results.looked_for.words) == ((), "leeks")
        assert near_ids(results) == [page.pk]

    def test_small_words_alone_are_not_near(self, ask):
        PracticeFactory(summary="Not only for the others.")
        assert ask(words="xylophone for the others").answer == "none"

    def test_each_way_on_drops_one_thing_and_finds_as_many_as_it_says(self, ask):
        PracticeFactory(summary="Growing leeks.", nations=["wales"], status="active")
        PracticeFactory(summary="Growing beans.", nations=["england"], status="paused")
        results = ask("q=growing+leeks&nation=england&status=active")
        assert results.answer == "relaxed"
        for way in results.ways:
            assert way.total
            assert ask(way.query.url().partition("?")[2]).total == way.total

    def test_a_misspelt_word_that_is_surely_another_is_answered_as_that(self, ask, ids):
        page = PracticeFactory(title="The community commissioners")
        results = ask(words="comissioners")
        assert (results.answer, results.suggestion, ids(results)) == ("corrected", "commissioners", [page.pk])
        assert results.query.words == "comissioners"
        assert ask("q=comissioners&spelling=typed").answer == "none"

    def test_a_misspelt_word_that_may_be_two_is_only_offered(self, ask):
        PracticeFactory(title="Bread and beans")
        PracticeFactory(title="Bread and beads")
        results = ask(words="beams")
        assert (results.answer, results.suggestion) == ("none", "beads")

    def test_several_misspelt_words_are_corrected_together(self, ask, ids):
        page = PracticeFactory(title="Lonely neighbours meet")
        results = ask(words="lonley, nieghbours")
        assert (results.answer, results.suggestion, ids(results)) == ("corrected", "lonely, neighbours", [page.pk])

    def test_a_misspelt_synonym_is_corrected(self, ask, ids):
        term = BeneficiaryGroupFactory(label="Older people", also=["pensioners"])
        page = PracticeFactory(beneficiary_groups=[term])
        results = ask(words="pensoiners")
        assert (results.answer, ids(results)) == ("corrected", [page.pk])
        assert results.suggestion == ""  # what only helps to find is never shown

    def test_what_comes_near_a_misspelt_search_is_near_to_what_was_meant(self, ask):
        page = PracticeFactory(title="Tea for lonely gardeners")
        results = ask(words="lonley xylophonists")
        assert (results.answer, near_ids(results)) == ("relaxed", [page.pk])
        _hits, near = hits_of(results, vocabularies())
        assert near[0].missing == ("xylophonists",)
        assert "<mark>lonely</mark>" in near[0].title_html

    def test_what_was_found_all_the_same_is_not_replaced(self, ask, ids):
        OutcomeFactory(label="Less loneliness", also=["lonely"])
        page = PracticeFactory(title="Tea for lonely gardeners in winter")
        results = ask(words="lonely gardeners winter taes")
        assert (results.answer, ids(results)) == ("exact", [page.pk])

    def test_no_spelling_is_offered_that_finds_nothing(self, ask):
        PracticeFactory(title="The community commissioners")
        PracticeFactory(title="Growing leeks")
        assert ask(words="comissioners leeks").suggestion == ""


class TestNear:
    def test_similar_practices_share_principles_first(self, ask, engine):
        power, time = PrincipleFactory(label="Sharing power"), PrincipleFactory(label="Taking time")
        page = PracticeFactory(principles=[power, time])
        both, one = PracticeFactory(principles=[time, power]), PracticeFactory(principles=[power])
        PracticeFactory(title="Nothing alike", summary="At all.")
        ask()
        similar = engine.similar(page.pk)
        assert [each.found.id for each in similar][:2] == [both.pk, one.pk]
        assert {label for *_, label in similar[0].principles} == {"Sharing power", "Taking time"}

    def test_one_of_three_is_somewhere_one_might_not_look(self, ask, engine):
        power, group = PrincipleFactory(), BeneficiaryGroupFactory()
        outcome = OutcomeFactory()
        same = {"principles": [power], "beneficiary_groups": [group], "outcomes": [outcome]}
        page, *_others = [PracticeFactory(**same) for _ in range(6)]
        elsewhere = PracticeFactory(principles=[power])
        ask()
        similar = engine.similar(page.pk)
        assert len(similar) == 3
        assert similar[-1].found.id == elsewhere.pk
        assert not similar[-1].same_groups

    def test_nothing_is_similar_to_what_is_not_there(self, ask, engine):
        ask()
        assert engine.similar(99_999) == []

    @pytest.mark.parametrize("prefix", ["pov", "Poverty tr", "poverty truth comm", "truth"])
    def test_titles_are_suggested_from_a_beginning(self, ask, engine, prefix):
        page = PracticeFactory(title="A Poverty Truth Commission")
        PracticeFactory(title="Something else")
        ask()
        assert engine.suggest(prefix) == [page.pk]

    @pytest.mark.parametrize("prefix", ["", "  ", '"', ".*", "(", "\x00", "💥", "x" * 500])
    def test_odd_beginnings_suggest_nothing(self, ask, engine, prefix):
        PracticeFactory(title="A Poverty Truth Commission")
        ask()
        assert engine.suggest(prefix) == []


@pytest.mark.usefixtures("library")
class TestDocuments:
    def test_a_batch_costs_the_same_for_one_page_as_for_many(self, django_assert_num_queries):
        from search.documents import documents_for

        factories = [PracticeFactory, SelfReliantGroupFactory, CommunityConnectorFactory]
        pages = [
            factories[number % 3](
                outcomes=[OutcomeFactory()],
                beneficiary_groups=[BeneficiaryGroupFactory()],
                principles=[PrincipleFactory()],
                changes=[{"claim": "x", "outcome": OutcomeFactory()}],
                steps=["One", "Two"],
            ).pk
            for number in range(9)
        ]
        list(documents_for(pages))
        with django_assert_num_queries(19):
            assert len(list(documents_for(pages[:1]))) == 1
        with django_assert_num_queries(19):
            assert len(list(documents_for(pages))) == 9

    def test_odd_rows_do_not_stop_it(self):
        from search.documents import documents_for

        # PostgreSQL keeps no NUL byte.
        odd = "\x00" if connection.vendor == "sqlite" else "\x01"
        page = PracticeFactory(what_it_is=f"A{odd}B \udcff".encode("utf-8", "ignore").decode())
        PracticePage.objects.filter(pk=page.pk).update(nations={"not": "a list"}, last_published_at=None)
        [document] = documents_for([page.pk])
        assert document.facets["nation"] == ()
