"""Forms that anybody may send without an account."""

import pytest
from django import forms
from django.http import QueryDict
from django.utils.http import urlencode

from people.open_forms import OpenForm


class NoteForm(OpenForm):
    note = forms.CharField(max_length=20)


@pytest.fixture
def send(time_machine):
    """Open the form, wait, and send it."""
    time_machine.move_to("2026-03-01 09:30", tick=False)

    def send(after: float = 10, **typed: str) -> NoteForm:
        opened = NoteForm()["opened"].value()
        time_machine.shift(after)
        return NoteForm(QueryDict(urlencode({"note": "a kind word", "opened": opened, "homepage": "", **typed})))

    return send


def test_a_person_notices_nothing(send):
    form = send()
    assert form.is_valid()
    assert form.cleaned_data["note"] == "a kind word"


@pytest.mark.parametrize(
    ("after", "typed", "told"),
    [
        (0.5, {}, "very quick"),
        (100_000, {}, "open for a long time"),
        (10, {"opened": ""}, "did not reach us whole"),
        (10, {"opened": "1772357400.0:forged"}, "did not reach us whole"),
        (10, {"homepage": "https://buy.example"}, "people cannot see"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_and_goes_through_when_it_is_sent_again(
    send, time_machine, after, typed, told
):
    form = send(after, **typed)
    assert not form.is_valid()
    assert told in form.non_field_errors()[0]
    again = {each.name: each.value() for each in form}
    assert again["note"] == "a kind word"
    time_machine.shift(10)
    assert NoteForm(QueryDict(urlencode(again))).is_valid()


def test_haste_is_not_blamed_for_another_mistake(send):
    assert "__all__" not in send(0.5, note="").errors


def test_a_browser_cuts_nothing_and_is_told_by_how_much_it_is_too_long(send):
    assert "maxlength" not in str(NoteForm()["note"])
    assert send(note="x" * 25).errors["note"] == ["Make it shorter: it has 25 letters, and there is room for 20"]
