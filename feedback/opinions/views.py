"""The pages on which people rate a page, and rule a practice out."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.things import practice_or_404
from people.limits import Limit, count_sender, count_towards
from people.models import User
from people.visitors import address_of
from people.writers import person_of
from practices.models import PracticePage

from .forms import NotForUsForm, RatingForm
from .querysets import rating_of, ruled_out_by, ruled_out_counts
from .services import OwnPageError, rate_page, rule_out, take_back, why_not_to_rate, withdraw_rating

READING = ("GET", "HEAD")
TAKE_BACK = "take-back"
RATED = Limit("rate pages", most=100, every=timedelta(hours=1))
# A household or an office may share one address.
RULED_OUT_FROM_ONE_PLACE = Limit("rule out from a place", most=60, every=timedelta(hours=1))
RULED_OUT = Limit("rule out", most=60, every=timedelta(hours=1))


@require_http_methods([*READING, "POST"])
@never_cache
@login_required
def rate(request: HttpRequest, slug: str) -> HttpResponse:
    """Rate a page, change one's rating, or take it back."""
    page, person = practice_or_404(slug), cast("User", request.user)
    if request.method in READING:
        rated = rating_of(person, page)
        return _show_rating(request, page, RatingForm(stars=rated.stars if rated else None))
    if request.POST.get("do") == TAKE_BACK:
        withdraw_rating(page=page, by=person)
        messages.success(request, _("Your rating is taken back."))
        return redirect("feedback:rate", slug=slug)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _show_rating(request, page, form)
    if not count_towards(RATED, f"person {person.pk}"):
        form.add_error(None, _("You rated many pages in a short time. Please go on in an hour."))
        return _show_rating(request, page, form, status=429)
    try:
        rate_page(page=page, by=person, stars=form.cleaned_data["stars"])
    except OwnPageError:
        return _show_rating(request, page, form, status=403)
    messages.success(request, _("Thank you. Your rating is counted."))
    return redirect("feedback:rate", slug=slug)


@require_http_methods([*READING, "POST"])
@never_cache
def not_for_us(request: HttpRequest, slug: str) -> HttpResponse:
    """Say why a practice is not for one, change the reason, or take it back. Nobody needs an account."""
    page, person = practice_or_404(slug), person_of(request)
    if request.method in READING:
        said = ruled_out_by(person, page) if person else None
        return _show_reasons(request, page, NotForUsForm(why=said.why if said else ""))
    if person and request.POST.get("do") == TAKE_BACK:
        take_back(page=page, by=person)
        messages.success(request, _("It is taken back: your reason is not counted any more."))
        return redirect("feedback:not_for_us", slug=slug)
    form = NotForUsForm(request.POST)
    if not form.is_valid():
        return _show_reasons(request, page, form)
    if not count_sender(request, place=RULED_OUT_FROM_ONE_PLACE, person=RULED_OUT):
        form.add_error(None, _("Much came in from where you are. Please send it again in an hour."))
        return _show_reasons(request, page, form, status=429)
    rule_out(page=page, why=form.cleaned_data["why"], by=person, visitor=address_of(request))
    return redirect("feedback:ruled_out", slug=slug)


@require_safe
@never_cache
def ruled_out(request: HttpRequest, slug: str) -> HttpResponse:
    """Thanks, what others said, and a way on."""
    page = practice_or_404(slug)
    context = {
        "page": page,
        "counts": ruled_out_counts(page),
        "groups": page.beneficiary_groups.all(),
        "outcomes": page.outcomes.all(),
    }
    return render(request, "feedback/opinions/ruled_out.html", context)


def _show_rating(request: HttpRequest, page: PracticePage, form: RatingForm, *, status: int = 200) -> HttpResponse:
    person = cast("User", request.user)
    context = {
        "page": page,
        "form": form,
        "rated": rating_of(person, page),
        "why_not": why_not_to_rate(person, page),
    }
    return render(request, "feedback/opinions/rate.html", context, status=status)


def _show_reasons(request: HttpRequest, page: PracticePage, form: NotForUsForm, *, status: int = 200) -> HttpResponse:
    person = person_of(request)
    context = {"page": page, "form": form, "said": ruled_out_by(person, page) if person else None}
    return render(request, "feedback/opinions/not_for_us.html", context, status=status)
