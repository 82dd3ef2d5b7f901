"""The wanted list, and the form by which anybody puts something on it."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from people.limits import Limit, count_towards
from people.visitors import address_of
from practices.presentation.listing import pages_of

from .help_panel import help_panel
from .models import WantedPractice
from .wanted import ListIsFull, ask_too
from .wanted_forms import LONGEST_WHY, AskForm, AskTooForm

ON_A_PAGE = 30
ANSWERED_SHOWN = 5
# A household or an office may share one address.
ASKED = Limit("ask for a practice", most=6, every=timedelta(hours=1))
ASKED_TOO = Limit("ask for the same", most=30, every=timedelta(hours=1))
TOO_OFTEN = gettext_lazy("Much was asked for from where you are. Please send it again in an hour.")
READING = ("GET", "HEAD")


@require_safe
def wanted(request: HttpRequest) -> HttpResponse:
    """What people looked for, or heard of, and nobody has written yet."""
    paginator = Paginator(WantedPractice.objects.open(), ON_A_PAGE)
    listed = paginator.get_page(request.GET.get("page"))
    answered = WantedPractice.objects.answered()[:ANSWERED_SHOWN] if listed.number == 1 else ()
    pages = pages_of(listed, reverse("search:wanted"))
    return render(request, "search/wanted.html", {"listed": listed, "pages": pages, "answered": answered})


@never_cache
@require_http_methods([*READING, "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a practice. What cannot be sent comes back as it was typed, with the reason."""
    if request.method in READING:
        return render(request, "search/ask.html", {"form": AskForm()})
    form = AskForm(request.POST)
    # Who to ring stands before them whatever else becomes of it.
    panel = help_panel(" ".join(request.POST.get(name, "")[:LONGEST_WHY] for name in ("title", "why")))
    told = {"form": form, "page": {"help": panel, "asked": True}}
    if not form.is_valid():
        return render(request, "search/ask.html", told)
    if not count_towards(ASKED, address_of(request)):
        form.add_error(None, str(TOO_OFTEN))
        return render(request, "search/ask.html", told, status=429)
    try:
        asked_for = form.save(visitor=address_of(request))
    except ListIsFull:
        form.add_error(None, _("So much waits to be looked at that the list is full. Please come back in some days."))
        return render(request, "search/ask.html", told, status=503)
    if panel is not None:
        # No address could say why without saying it to others.
        return render(
            request, "search/asked.html", {**told, "was_there": asked_for.is_shown, "answer": asked_for.answer}
        )
    return redirect(asked_for.answer or ("search:counted" if asked_for.is_shown else "search:asked"))


@never_cache
@require_http_methods([*READING, "POST"])
def ask_for_the_same(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one looks for something on the list as well: one button."""
    found = get_object_or_404(WantedPractice.objects.open(), pk=pk)
    form = AskTooForm(None if request.method in READING else request.POST)
    status = 200
    if form.is_valid():
        if count_towards(ASKED_TOO, address_of(request)):
            ask_too(wanted=found, visitor=address_of(request))
            return redirect("search:counted")
        form.add_error(None, str(TOO_OFTEN))
        status = 429
    return render(request, "search/ask_too.html", {"form": form, "wanted": found}, status=status)


@require_safe
def thanks(request: HttpRequest, *, was_there: bool) -> HttpResponse:
    """What happens next."""
    return render(request, "search/asked.html", {"was_there": was_there})
