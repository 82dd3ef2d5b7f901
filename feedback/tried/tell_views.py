"""Telling how it went, with or without an account: the form, and what comes of it. What was typed is never lost."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback.models import UNDER_WAY, TriedReport, Verdict
from people.limits import Limit, count_sender
from people.standing import pause_of, standing_of
from people.tokens import comes_from_elsewhere, token_is_wrong
from people.writers import Writer, number_of, writer_of
from practices.models import PracticePage

from .asked import Asked, asked_of
from .forms import HOW, WHERE, TellForm, typed_before
from .permissions import TO_CHECK, goes_at_once, is_author
from .querysets import told_before
from .recognisable import Passage, has_to_ask, mark_of, passages_of, said_yes
from .services import (
    AlreadyToldError,
    EnoughWaitsError,
    PausedError,
    ReportChangedError,
    Said,
    keep_report,
)

READING = ("GET", "HEAD")
# Somebody may type in the slips of a whole evening; an office may share one address.
BY_ONE_PERSON = Limit("tell how it went", most=30, every=timedelta(hours=1))
FROM_ONE_PLACE = Limit("tell how it went from a place", most=60, every=timedelta(hours=1))
NOT_SEEN = ("homepage", "opened")
KEY = re.compile(r"[0-9a-f]{32}")
SIGNED_IN_SINCE = gettext_noop("You signed in or out since this page was opened. Please press the button once more.")
ENOUGH_FOR_NOW = gettext_noop("Much was told from where you are. It is all here: please send it in an hour.")
ENOUGH_WAITS = gettext_noop(
    "Thank you. Five of yours wait to be read. Save this one for later, and send it when the first is answered."
)
PAUSED = gettext_noop("You are paused, so nothing of yours can be sent for now. Save it for later: it is kept.")
CHANGED_SINCE = gettext_noop(
    "This was changed since you opened it. What stands there by now is below. Press the button again to put yours in "
    "its place."
)
PAGE_CHANGED = gettext_noop(
    "The page was changed while you wrote: something that must be kept was taken out. What you wrote of it stands here."
)
GONE = gettext_noop("This page is not in the library any more. Nothing was sent. This is what you typed.")
NOT_YOURS = gettext_noop("There is nothing of yours here. If you have signed out, sign in again, and send it then.")


@dataclass(frozen=True)
class Telling:
    """What somebody has open.

    Args:
        asked: what the page asks.
        writer: who tells.
        report: the one that they change; None for a new one.
        version: of that, which they saw.
        sent_key: what the opened form carries.
    """

    asked: Asked
    writer: Writer
    report: TriedReport | None
    version: int
    sent_key: str

    @property
    def is_sent(self) -> bool:
        """Whether it waits or is on the page: then there is no saving for later."""
        return self.report is not None and self.report.state in TO_CHECK

    def form(self, data: Any = None, initial: dict[str, Any] | None = None) -> TellForm:
        return TellForm(
            data,
            asked=self.asked,
            is_draft=data is not None and data.get("do") == "save" and not self.is_sent,
            needs_sentence=not hasattr(self.report, "pledge"),
            initial=initial,
        )

    def telling(self, form: TellForm) -> list[Passage]:
        """What could tell who somebody is, but for what they were asked about when they sent it before."""
        if form.is_draft or not form.is_valid():
            return []
        was_asked = self.report is not None and self.report.state in UNDER_WAY and not hasattr(self.report, "pledge")
        known = passages_of(self.report) if self.report is not None and was_asked else []
        return [passage for passage in form.telling if passage not in known]

    def said(self, form: TellForm) -> Said:
        """What they typed, with what they said before of essentials that the page has no more."""
        said = form.said
        if self.report is None:
            return said
        gone = {
            each.essential: (each.taken, each.how)
            for each in self.report.essentials.all()
            if each.essential not in self.asked.essentials
        }
        return replace(said, essentials=gone | dict(said.essentials))


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def tell(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell how a practice went somewhere."""
    page = PracticePage.objects.visible().filter(slug=slug).first()
    if page is None:
        return _not_here(request, _(GONE))
    telling = _telling(request, page, None)
    if request.method == "POST":
        return _take(request, telling)
    return _show(request, telling, telling.form(initial=asked_for(request.GET, telling.writer)))


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def change_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what one told, or go on with a draft."""
    report = TriedReport.objects.select_related("page", "pledge").filter(pk=pk).first()
    if report is None or not is_author(writer_of(request), report):
        return _not_here(request, _(NOT_YOURS))
    page = PracticePage.objects.visible().filter(pk=report.page_id).first()
    if page is None:
        return _not_here(request, _(GONE))
    telling = _telling(request, page, report)
    if request.method == "POST":
        return _take(request, telling)
    return _show(request, telling, telling.form(initial=typed_before(report)))


def _telling(request: HttpRequest, page: PracticePage, report: TriedReport | None) -> Telling:
    posted = request.POST
    sent_key = posted.get("sent_key", "")
    return Telling(
        asked=asked_of(page, report),
        writer=writer_of(request),
        report=report,
        version=number_of(posted.get("version", "")) or (report.version if report else 0),
        sent_key=sent_key if KEY.fullmatch(sent_key) else secrets.token_hex(16),
    )


def _take(request: HttpRequest, telling: Telling) -> HttpResponse:
    """Keep or send what was typed; else show it again, with the reason."""
    form = telling.form(request.POST)
    if token_is_wrong(request):
        if comes_from_elsewhere(request):
            raise PermissionDenied
        return _show(request, telling, form, told=_(SIGNED_IN_SINCE), status=403)
    if lost := _of_what_is_gone(request, telling):
        return _show(request, telling, form, told=_(PAGE_CHANGED), kept=lost, status=409)
    if not form.is_valid() or has_to_ask(request.POST, telling.telling(form)):
        return _show(request, telling, form)
    if not count_sender(request, place=FROM_ONE_PLACE, person=BY_ONE_PERSON):
        return _show(request, telling, form, told=_(ENOUGH_FOR_NOW), status=429)
    return _keep(request, telling, form)


def _keep(request: HttpRequest, telling: Telling, form: TellForm) -> HttpResponse:
    try:
        report = keep_report(
            page=telling.asked.page,
            by=writer_of(request, begins=True),
            said=telling.said(form),
            send=request.POST.get("do") != "save",
            sent_key=telling.sent_key,
            report=telling.report,
            version=telling.version,
        )
    except ReportChangedError as changed:
        return _changed_since(request, telling, form, changed.report)
    except AlreadyToldError as already:
        if already.report is not None and already.report.sent_key == telling.sent_key and telling.report is None:
            return redirect(already.report)
        return _show(request, telling, form, already=already.report, status=409)
    except PausedError:
        return _show(request, telling, form, told=_(PAUSED), status=403)
    except EnoughWaitsError:
        return _show(request, telling, form, told=_(ENOUGH_WAITS), status=429)
    return redirect(report)


def _changed_since(request: HttpRequest, telling: Telling, form: TellForm, report: TriedReport) -> HttpResponse:
    """What stands there by now beside what was typed. To press again puts the typed in its place."""
    now = replace(telling, report=report, version=report.version)
    stands = typed_before(report)
    there = TellForm(asked=telling.asked, initial=stands)
    typed = {name: value for name, value in form.cleaned_data.items() if name not in NOT_SEEN}
    differing = [
        (there.name_of(name), _as_read(there, name)) for name, value in typed.items() if stands.get(name, "") != value
    ]
    return _show(request, now, form, told=_(CHANGED_SINCE), differing=differing, status=409)


def _as_read(form: TellForm, name: str) -> str:
    """What stands in a box, in words."""
    value = form[name].value()
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(getattr(form.fields[name], "choices", ()))
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(str(labels.get(each, each)) for each in chosen if each) or _("Nothing")


def _of_what_is_gone(request: HttpRequest, telling: Telling) -> str:
    """What was typed of essentials that the page had when the form was opened, and has no more."""
    there = {f"{HOW}{key}" for key in telling.asked.essentials}
    gone = [str(words) for name, words in request.POST.items() if name.startswith(HOW) and name not in there]
    return "\n\n".join(words for words in gone if words.strip())


def _show(
    request: HttpRequest, telling: Telling, form: TellForm, *, told: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """Draw the form.

    Args:
        request: of whoever tells.
        telling: what they have open.
        form: with what they typed.
        told: why it was not kept.
        status: of the answer.
        more: `kept`, words to take along; `already`, what they told before; `differing`, what stands there by now.
    """
    person, report, page = telling.writer.person, telling.report, telling.asked.page
    passages = telling.telling(form)
    context = {
        "form": form,
        "page": page,
        "report": report,
        "version": telling.version,
        "sent_key": telling.sent_key,
        "action": reverse("feedback:change_report", args=[report.pk]) if report else _address(page),
        "told": told,
        "passages": passages,
        "asked_of": mark_of(passages),
        "said_yes": said_yes(request.POST, passages),
        "is_sent": telling.is_sent,
        "at_once": goes_at_once(person, report),
        "pause": pause_of(standing_of(person)) if person else None,
        "before": told_before(telling.writer, page) if report is None else [],
    }
    return render(request, "feedback/tried/tell.html", context | more, status=status)


def asked_for(params: QueryDict, writer: Writer) -> dict[str, Any]:
    """What an address ticks already: how it went, that it is a slip of paper, or where the last slip was from."""
    went = params.get("went", "")
    initial: dict[str, Any] = {}
    if went in Verdict.values:
        initial["verdict"] = went
    if params.get("paper") == "yes":
        initial["on_paper"] = True
    if like := number_of(params.get("like", "")):
        last = TriedReport.objects.written_by(writer).filter(pk=like).values(*WHERE, "on_paper").first()
        initial |= last or {}
    return initial


def _address(page: PracticePage) -> str:
    return reverse("feedback:tell", args=[page.slug])


def _not_here(request: HttpRequest, told: str) -> HttpResponse:
    """There is no such page, or nothing of theirs. Whoever typed something gets it back, to take along.

    Raises:
        Http404: nothing was typed.
    """
    if request.method in READING:
        raise Http404(_("There is nothing at this address that you can write on."))
    words = [str(value) for name, value in request.POST.items() if name in TellForm.base_fields or name.startswith(HOW)]
    kept = "\n\n".join(value for value in words if " " in value.strip())
    return render(request, "feedback/tried/given_back.html", {"told": told, "kept": kept}, status=404)
