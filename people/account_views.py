"""One's own account, beside what django-allauth has views for; and the mail of a machine without a server for it."""

from __future__ import annotations

from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from allauth.account.decorators import reauthentication_required, verified_email_required
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .account_forms import HandleForm
from .models import User
from .services import LastAdministratorError, close_account

MOST_MAIL = 30


@require_safe
@verified_email_required
def overview(request: HttpRequest) -> HttpResponse:
    """What there is to see to in one's account."""
    return render(request, "account/overview.html", {"has_second_factor": is_mfa_enabled(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@verified_email_required
def handle(request: HttpRequest) -> HttpResponse:
    """Be known by another handle."""
    person = signed_in(request)
    form = HandleForm(request.POST or None, person=person)
    if form.is_valid():
        try:
            form.save()
        except ValidationError as error:
            form.add_error("username", error)
        else:
            messages.success(request, _("You are known as %(handle)s now.") % {"handle": person.public_name})
            return redirect("people:account")
    return render(request, "account/handle.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def leave(request: HttpRequest) -> HttpResponse:
    """Close one's account, once one has shown again that it is one's own. What one wrote stays."""
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            close_account(person=signed_in(request))
        except LastAdministratorError:
            form.add_error(None, _("You are the last administrator. Make somebody else one first."))
        else:
            logout(request)
            return redirect("people:left")
    return render(request, "account/leave.html", {"form": form})


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "account/left.html")


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mail that the site wrote on a machine without a server for mail; only whoever sits at it may read it."""
    if not settings.MAIL_FOLDER or not _is_here(request):
        raise Http404
    files = sorted(Path(settings.MAIL_FOLDER).glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files[:MOST_MAIL]]
    read = [{"to": mail["To"], "subject": mail["Subject"], "body": _text_of(mail)} for mail in mails]
    return render(request, "account/mailbox.html", {"mails": read})


def signed_in(request: HttpRequest) -> User:
    """Who is signed in, where a view lets nobody else through."""
    return cast(User, request.user)


def _text_of(mail: object) -> str:
    body = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return body.get_content().partition("\n" + "-" * 79)[0] if body else ""


def _is_here(request: HttpRequest) -> bool:
    """Whether the browser runs on this machine; a proxy in between would make everybody seem to."""
    try:
        is_loopback = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_loopback and "X-Forwarded-For" not in request.headers
