"""Who: a person signs in with an address that is never shown, and is known by a handle."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .querysets import EventQuerySet, LogIsOnlyAddedToError

handle_shape = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
    _("Use small letters, figures and single hyphens, such as maple-lane."),
)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a person's account.

        Raises:
            ValueError: no address or no handle was given.
        """
        if not email or not username:
            raise ValueError("An account needs an e-mail address and a handle.")
        user = self.model(email=email.lower(), username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, username: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator. Their address needs no proof: who makes one has the machine itself."""
        return self.create_proven(email, username, password, is_superuser=True, **fields)

    def create_proven(self, email: str, username: str, password: str | None = None, **fields: Any) -> User:
        """Make an account whose address is taken as proven."""
        from allauth.account.models import EmailAddress

        person = self.create_user(email, username, password, **fields)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a person by their address, however they wrote its capitals."""
        return self.get(email__iexact=username)


class MailChoice(models.TextChoices):
    """How somebody hears of what became of their work, beside the site itself. Codes of the account always go out."""

    SOON = "soon", _("Soon, at most one mail an hour")
    DAILY = "daily", _("Once a day")
    NONE = "none", _("No mail: I read it here")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The address is the login and is never shown; the handle is public and never derived from it.

    There is no field for a first or last name: nobody is asked for one.
    """

    email = models.EmailField(_("e-mail address"), unique=True, null=True, help_text=_("For signing in. Never shown."))
    username = models.CharField(
        _("handle"),
        max_length=40,
        validators=[handle_shape],
        help_text=_("The public name, such as maple-lane. It need not be a real one."),
    )
    mail_choice = models.CharField(
        _("mail"), max_length=10, choices=MailChoice, default=MailChoice.SOON, editable=False
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="people_user_email_unique",
                violation_error_message=_("There is an account with this address already."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="people_user_username_unique",
                violation_error_message=_("Somebody has this handle already."),
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(email=None, is_active=False, is_superuser=False),
                name="people_user_closed_is_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(mail_choice__in=MailChoice.values), name="people_user_mail_choice"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def public_name(self) -> str:
        """What readers see: the handle, and of somebody who left no more than that."""
        return str(_("a former member")) if self.closed_at else self.username

    def get_absolute_url(self) -> str:
        return reverse("people:profile", args=[self.username])

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username


class FormerHandle(models.Model):
    """A handle that somebody had: it leads to their new one, and is never given to anybody else."""

    handle = models.CharField(max_length=40, unique=True)
    # Nobody, once the account is closed or gone: then it leads nowhere, and still is nobody else's.
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="former_handles")

    def __str__(self) -> str:
        return self.handle


class Standing(models.Model):
    """What a contributor may do beside what everybody may. `trust.py` has the rule, `standing.py` alone writes it."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="standing")
    first_accepted_on = models.DateField(null=True, blank=True)
    # What the rule of trust counts with.
    accepted_edits = models.PositiveSmallIntegerField(default=0)
    accepted_on = models.DateField(null=True, blank=True)
    setback_on = models.DateField(null=True, blank=True)
    trusted_since = models.DateField(null=True, blank=True)

    paused_until = models.DateField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["trusted_since"], condition=models.Q(trusted_since__isnull=False), name="people_trusted"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paused_until=None) | ~models.Q(pause_reason=""), name="people_pause_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class Event(models.Model):
    """One thing that somebody did, for the moderators' log. It is only ever added to.

    It holds numbers and words of closed lists, never text, so that nothing in it ever has to be erased. The numbers
    stay when what they name is gone; the database refuses to change a row.
    """

    at = models.DateTimeField(default=timezone.now)
    # Nobody, where the site itself did it.
    who = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    what = models.CharField(max_length=40)
    target_kind = models.CharField(max_length=20)
    target_id = models.BigIntegerField()
    # Whose it was, if it was somebody's.
    whose = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    why = models.CharField(max_length=60, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["-at", "-id"], name="people_event_by_time"),
            models.Index(fields=["target_kind", "target_id"], name="people_event_by_target"),
            models.Index(fields=["who", "-at"], name="people_event_by_who"),
            models.Index(fields=["whose", "-at"], name="people_event_by_whose"),
            models.Index(fields=["what", "-at"], name="people_event_by_what"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.target_kind} {self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise LogIsOnlyAddedToError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise LogIsOnlyAddedToError


class Message(models.Model):
    """Something that somebody is told. It waits for their next visit, and goes by mail unless they want none."""

    person = models.ForeignKey(User, models.CASCADE, related_name="messages")
    target_kind = models.CharField(max_length=20)
    target_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    # The next thing to do, one tap away.
    path = models.CharField(max_length=300)
    action = models.CharField(max_length=100)
    written_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    # When it is to go by mail; nothing, once it has gone or need not.
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-written_at"], name="people_message_by_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="people_message_unread"),
            models.Index(
                fields=["mail_due_at"], condition=models.Q(mail_due_at__isnull=False), name="people_message_due"
            ),
            models.Index(fields=["target_kind", "target_id"], name="people_message_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.target_kind} {self.target_id}"


class OutgoingMail(models.Model):
    """A mail that is not sent yet. It is written in the transaction that it tells of, and deleted once it is sent."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    # Where one click ends such mail, for the button that mail programs show. Codes of an account have none.
    stop_address = models.URLField(max_length=400, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.subject


class RateCount(models.Model):
    """How often something was done lately from one place, or by one person. Whose it is can not be read from it."""

    bucket = models.CharField(max_length=64)
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "ends_at"], name="people_rate_count")]

    def __str__(self) -> str:
        return f"{self.bucket[:8]}: {self.count}"


class VisitorKey(models.Model):
    """The key of the week. With the next one, nobody can tell which hash was whose, or of what."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    key = models.CharField(max_length=64)
    since = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="people_one_visitor_key")]

    def __str__(self) -> str:
        return str(self.since)
