"""The pages of one thing to try, and those that links in mails lead to. To open one changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import TO_BE_ASKED, Pledge, PledgeState, Teller, TriedReport
from feedback.things import practice_or_404
from feedback.tried.recognisable import Passage, has_to_ask, mark_of, said_yes, telling_passages
from feedback.tried.services import EnoughWaitsError, PausedError
from people.limits import Limit, count_sender, count_towards
from people.models import User
from people.writers import person_of, writer_of
from practices.models import PracticePage

from . import services
from .forms import PARTS_PLAYED, PARTS_TO_PLAY, AnswerForm, TryForm
from .links import Link, Over, answer_path, is_readable, read_answer_link, read_proof_link, read_stop_link, stop_path
from .steps import steps_to_try

READING = ("GET", "HEAD")
STOP, CHANGE = "stop", "change"
# A household or an office may share one address.
FROM_ONE_PLACE = Limit("try from a place", most=30, every=timedelta(hours=1))
BY_ONE_PERSON = Limit("try", most=30, every=timedelta(hours=1))
# One mailbox, however its name is written: these let go of the dots in it.
WITHOUT_DOTS = ("gmail.com", "googlemail.com")
# Anybody may type anybody's address: so many mails come of it at most, whoever does.
TO_ONE_ADDRESS = (
    Limit("mail to try, in a day", most=3, every=timedelta(days=1)),
    Limit("mail to try, in a week", most=6, every=timedelta(days=7)),
)


@require_http_methods([*READING, "POST"])
@never_cache
def try_one_thing(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose one thing to try, and when to be asked; change it, or be asked no more."""
    page, person = practice_or_404(slug), person_of(request)
    pledge = _pledge_of(person, page)
    if request.method == "POST" and request.POST.get("do") == STOP:
        if pledge:
            services.stop_pledge(pledge=pledge)
            messages.success(request, _("We do not ask you about this."))
        return redirect("feedback:try", slug=slug)
    data = request.POST if request.method == "POST" else None
    form = TryForm(data, to_try=steps_to_try(page), is_signed_in=person is not None, pledge=pledge)
    if not form.is_valid():
        return _show_form(request, page, form, pledge)
    if not count_sender(request, place=FROM_ONE_PLACE, person=BY_ONE_PERSON):
        form.add_error(None, _("Much came in from where you are. Please send it again in an hour."))
        return _show_form(request, page, form, pledge, status=429)
    if person is not None:
        services.pledge(page=page, wish=form.wish, by=person)
        messages.success(request, _("Thank you. It is noted, and we ask you how it went."))
        return redirect("feedback:try", slug=slug)
    email = form.cleaned_data["email"].lower()
    # The answer is the same whether a mail goes out or not: it tells nobody what others typed.
    if all(count_towards(limit, _mailbox_of(email)) for limit in TO_ONE_ADDRESS):
        services.pledge(page=page, wish=form.wish, by=None, email=email)
    return redirect("feedback:try_sent", slug=slug)


@require_safe
@never_cache
def look_at_your_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next, for whoever gave an address."""
    return render(request, "feedback/pledges/sent.html", {"page": practice_or_404(slug)})


@require_http_methods([*READING, "POST"])
@never_cache
def prove_pledge(request: HttpRequest, signed: str) -> HttpResponse:
    """Say that an address is one's own, and that one wants to be asked."""
    link = read_proof_link(signed)
    if link.over or link.pledge is None:
        return _show_over(request, link, _("Say again what you want to try"))
    pledge = link.pledge
    if request.method == "POST":
        try:
            pledge = services.prove_pledge(pledge=pledge)
        except services.PledgeOverError:
            return _show_over(request, read_proof_link(signed), _("Say again what you want to try"))
    context = {"pledge": pledge, "page": pledge.page, "is_proven": pledge.state != PledgeState.UNPROVEN}
    context |= {"stop_path": stop_path(pledge), **_said_before(pledge, PARTS_TO_PLAY)}
    return render(request, "feedback/pledges/prove.html", context)


@require_http_methods([*READING, "POST"])
@never_cache
def answer_pledge(request: HttpRequest, signed: str) -> HttpResponse:
    """Answer how it went. Opening the link shows five buttons, and pressing one spends it."""
    link = read_answer_link(signed)
    if link.over or link.pledge is None:
        return _take_up_again(request, link) if request.POST.get("do") == CHANGE else _show_over(request, link)
    pledge = link.pledge
    form = AnswerForm(request.POST if request.method == "POST" else None, pledge=pledge)
    passages = telling_passages([form.said["sentence"]]) if form.is_valid() else []
    if not form.is_valid() or has_to_ask(request.POST, passages):
        return _show_question(request, pledge, form, passages=passages)
    try:
        by = None if pledge.person_id else writer_of(request, begins=True)
        answered = services.answer_pledge(pledge=pledge, by=by, **form.said)
    except services.PledgeOverError:
        return _show_over(request, read_answer_link(signed))
    except PausedError:
        form.add_error(None, _("You can write and send nothing for now. The link goes on working after the pause."))
        return _show_question(request, pledge, form, status=403)
    except EnoughWaitsError:
        form.add_error(None, _("Much of yours waits for a moderator. Please answer again in some days, by this link."))
        return _show_question(request, pledge, form, status=429)
    return _show_thanks(request, answered, form.said["sentence"])


@require_http_methods([*READING, "POST"])
@never_cache
@csrf_exempt
def stop_pledge(request: HttpRequest, signed: str) -> HttpResponse:
    """Be asked no more. Opening the link does nothing.

    Mail programs press the button without a token of ours (RFC 8058); the signature stands for it.
    """
    link = read_stop_link(signed)
    if link.over:
        return _show_over(request, link)
    is_done = link.pledge is None or link.pledge.state not in TO_BE_ASKED
    if request.method == "POST" and link.pledge is not None:
        services.stop_pledge(pledge=link.pledge)
        is_done = True
    return render(request, "feedback/pledges/stop.html", {"pledge": link.pledge, "is_done": is_done})


def _show_form(
    request: HttpRequest, page: PracticePage, form: TryForm, pledge: Pledge | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "is_slow": form.to_try.is_slow,
        "pledge": pledge,
        "answer_path": answer_path(pledge) if pledge and pledge.state == PledgeState.ASKED else "",
    }
    return render(request, "feedback/pledges/try.html", context, status=status)


def _show_question(
    request: HttpRequest, pledge: Pledge, form: AnswerForm, *, passages: list[Passage] | None = None, status: int = 200
) -> HttpResponse:
    passages = passages or []
    context = {"pledge": pledge, "page": pledge.page, "form": form, "answers": services.Answer.choices}
    context |= {"passages": passages, "asked_of": mark_of(passages), "said_yes": said_yes(request.POST, passages)}
    context["more"] = [form[name] for name in ("place", "teller") if name in form.fields]
    context |= _said_before(pledge.report or pledge, PARTS_PLAYED)
    return render(request, "feedback/pledges/answer.html", context | {"stop_path": stop_path(pledge)}, status=status)


def _show_thanks(request: HttpRequest, answered: services.Answered, sentence: str) -> HttpResponse:
    report = answered.report
    context = {
        "page": answered.pledge.page,
        "pledge": answered.pledge,
        "report": report,
        "sentence": sentence,
        "told_before": answered.told_before,
        "asks_again": answered.pledge.state == PledgeState.OPEN,
        "can_change": report is not None and bool(report.author_id or report.visitor),
        "is_shown": report is not None and report.state == "shown",
        "stop_path": stop_path(answered.pledge),
    }
    return render(request, "feedback/pledges/answered.html", context)


def _take_up_again(request: HttpRequest, link: Link) -> HttpResponse:
    """Lead to what was told by this link, to change it or take it back."""
    if link.pledge is None or not _can_take_up(link):
        return _show_over(request, link)
    report = services.claim_report(pledge=link.pledge, by=writer_of(request, begins=True))
    return redirect(report) if report else _show_over(request, link)


def _can_take_up(link: Link) -> bool:
    """Whether the link was answered, and what was told by it is no account's."""
    report = link.pledge.report if link.pledge and link.over == Over.ANSWERED else None
    return report is not None and report.author_id is None


def _show_over(request: HttpRequest, link: Link, again: str = "") -> HttpResponse:
    """Say in plain words why a link does nothing any more, and where to go from here."""
    pledge = link.pledge
    page = pledge.page if pledge and is_readable(pledge.page_id) else None
    context = {"over": link.over, "pledge": pledge, "page": page, "again": again, "can_take_up": _can_take_up(link)}
    return render(request, "feedback/pledges/over.html", context, status=404 if link.over == Over.FORGED else 410)


def _said_before(told: Pledge | TriedReport, parts: list[tuple[str, Any]]) -> dict[str, Any]:
    """Where and in which part, as it goes into the report: somebody else may have typed it with their address."""
    return {"where": told.place, "part": "" if told.teller == Teller.NOT_SAID else dict(parts).get(told.teller, "")}


def _mailbox_of(email: str) -> str:
    """Whose mail it is: what stands after a plus sign is for its owner to sort by."""
    name, _at, domain = email.rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if domain in WITHOUT_DOTS else name}@{domain}"


def _pledge_of(person: User | None, page: PracticePage) -> Pledge | None:
    """What somebody who is signed in wants to try of a page already."""
    return Pledge.objects.filter(person=person, page=page, state__in=TO_BE_ASKED).first() if person else None
