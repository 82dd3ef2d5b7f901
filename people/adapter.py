"""How django-allauth treats our people: mail that surely goes out, handles of their choice, limits that all share."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest

from .handles import check_handle, suggest_handle
from .limits import Limit, count_towards
from .mail import post_mail
from .visitors import address_of

# allauth's own limits are each process's; these are everybody's.
FROM_ONE_PLACE = Limit("sign in, from one place", most=30, every=timedelta(minutes=15))
FOR_ONE_FROM_THERE = Limit("sign in, for one account from one place", most=10, every=timedelta(minutes=15))
# So many that a stranger who wants to shut somebody out has to come from many places.
FOR_ONE_ACCOUNT = Limit("sign in, for one account", most=100, every=timedelta(minutes=15))
MAIL_TO_ONE = Limit("account mail to one address", most=20, every=timedelta(days=1))
NOT_TOLD = {
    f"account/messages/{told}.txt" for told in ("logged_in", "logged_out", "email_confirmation_sent", "email_confirmed")
}


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if not count_towards(MAIL_TO_ONE, email.lower()):
            return
        known = {
            "site_name": settings.SITE_NAME,
            "request": self.request,
            "email": email,
            "current_site": get_current_site(self.request),
        }
        message = self.render_mail(template_prefix, email, known | context)
        post_mail(to=email, subject=message.subject, body=str(message.body))

    def format_email_subject(self, subject: str) -> str:
        return subject

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return check_handle(username)

    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Never from the address: that would tell it."""
        user.username = getattr(user, "username", "") or suggest_handle()  # type: ignore[attr-defined]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        named = str(credentials.get("email") or credentials.get("username") or "").lower()
        place = address_of(request)
        # In this order: a place that is over its limit does not count against the account.
        limits = ((FROM_ONE_PLACE, place), (FOR_ONE_FROM_THERE, f"{named} {place}"), (FOR_ONE_ACCOUNT, named))
        if not all(count_towards(limit, whose) for limit, whose in limits):
            raise self.validation_error("too_many_login_attempts")

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(ip_address(address_of(request)))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 (an address that is none)

    def is_safe_url(self, url: str) -> bool:
        """allauth takes an address apart unguarded, and "http://[" cannot be."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def add_message(  # type: ignore[override]
        self, request: HttpRequest, level: int, message_template: str | None = None, *rest: Any, **more: Any
    ) -> None:
        """What the page says anyway is not told as well."""
        if message_template not in NOT_TOLD:
            super().add_message(request, level, message_template, *rest, **more)
