"""What one is told, and how one wants to hear of it."""

from __future__ import annotations

from allauth.account.decorators import verified_email_required
from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from practices.presentation.listing import pages_of

from .account_forms import MailChoiceForm
from .account_views import signed_in
from .messages import choose_mail, mark_read, person_of_stop_address
from .models import MailChoice, Message
from .standing import pause_of, standing_of

ON_A_PAGE = 20


@require_safe
@never_cache
@verified_email_required
def messages(request: HttpRequest) -> HttpResponse:
    """What one was told, the last first. What is shown is read."""
    person = signed_in(request)
    told = Message.objects.filter(person=person).order_by("-written_at", "-pk")
    listed = Paginator(told, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(listed.object_list)
    if request.method == "GET":
        mark_read(person, shown)
    context = {
        "told": shown,
        "pages": pages_of(listed, reverse("people:messages")),
        "pause": pause_of(standing_of(person)),
        "form": MailChoiceForm(initial={"mail": person.mail_choice}),
    }
    return render(request, "people/messages.html", context)


@require_http_methods(["POST"])
@never_cache
@verified_email_required
def mail(request: HttpRequest) -> HttpResponse:
    """Choose how much mail one gets."""
    form = MailChoiceForm(request.POST)
    if form.is_valid():
        choose_mail(person=signed_in(request), choice=form.cleaned_data["mail"])
        notices.success(request, _("That is how it is from now on."))
    return redirect("people:messages")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@csrf_exempt
def stop_mail(request: HttpRequest, signed: str) -> HttpResponse:
    """Turn mail off by the link in a mail. Opening it does nothing, since mail scanners open links.

    Mail programs press the button without a token of ours (RFC 8058); the signature stands for it.

    Raises:
        Http404: nobody was given this address.
    """
    person = person_of_stop_address(signed)
    if person is None:
        raise Http404(_("This link is not whole. You can choose what mail you get on the page of your messages."))
    is_done, is_daily = request.method == "POST", request.POST.get("do") == "daily"
    if is_done:
        choose_mail(person=person, choice=MailChoice.DAILY if is_daily else MailChoice.NONE)
    return render(request, "people/stop_mail.html", {"is_done": is_done, "is_daily": is_daily})
