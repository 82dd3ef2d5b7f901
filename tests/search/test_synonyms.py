"""From the words people type to the terms of the library."""

import pytest

from search.plan import plan_words
from search.thesaurus import thesaurus
from search.vocabularies import vocabularies
from tests.factories.practices import BeneficiaryGroupFactory, OutcomeFactory

pytestmark = pytest.mark.django_db


def meant(text: str) -> dict[str, list[str]]:
    plan = plan_words(text, thesaurus())
    return {slot.typed: [meaning.label for meaning in slot.meanings] for slot in plan.slots if slot.meanings}


def test_a_synonym_means_its_term_in_any_form():
    OutcomeFactory(label="Less loneliness", also=["lonely", "befriending"])
    assert meant("someone LONELY") == {"LONELY": ["Less loneliness"]}
    assert meant("befriended") == {"befriended": ["Less loneliness"]}


def test_several_words_mean_a_term_together():
    BeneficiaryGroupFactory(label="People without a home", also=["rough sleepers"])
    assert meant("older rough sleepers") == {"rough sleepers": ["People without a home"]}
    assert meant("a rough night") == {}


def test_the_longest_way_to_say_it_wins():
    OutcomeFactory(label="Stronger neighbourhoods", also=["community"])
    OutcomeFactory(label="Good practice spreads", also=["community of practice"])
    assert {label for labels in meant("a community of practice").values() for label in labels} == {
        "Good practice spreads"
    }


def test_a_phrase_in_quotes_is_not_cut_in_two():
    OutcomeFactory(label="Stronger neighbourhoods", also=["community"])
    assert meant('"community centre"') == {}


def test_a_synonym_of_small_words_still_tells():
    OutcomeFactory(label="Voice and confidence", also=["being heard", "having a say"])
    plan = plan_words("having a say", thesaurus())
    assert [slot.typed for slot in plan.telling] == ["having a say"]


def test_if_all_words_are_small_all_have_to_be_there():
    assert [slot.typed for slot in plan_words("who is it", thesaurus()).telling] == ["who", "is", "it"]


def test_an_edited_synonym_works_at_once():
    term = OutcomeFactory(label="Less loneliness")
    assert meant("isolation") == {}
    term.also = ["isolation"]
    term.save()
    assert meant("isolation") == {"isolation": ["Less loneliness"]}


def test_a_merged_term_gives_its_words_to_its_target():
    target = BeneficiaryGroupFactory(label="Older people")
    BeneficiaryGroupFactory(label="Pensioners", also=["oap"], merged_into=target)
    assert meant("oap") == {"oap": ["Older people"]}
    assert meant("pensioner") == {"pensioner": ["Older people"]}


def test_vocabularies_are_read_once_for_a_version(django_assert_num_queries):
    vocabularies()
    with django_assert_num_queries(1):
        vocabularies()
