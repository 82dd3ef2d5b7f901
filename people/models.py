"""Who: a person signs in with an address that is never shown, and is known by a handle."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def public_name(self) -> str:
        """What readers see: the handle, and of somebody who left no more than that."""
        return str(_("a former member")) if self.closed_at else self.username

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
    """What a contributor may do beside what everybody may. The rule that writes it reads what became of their edits."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="standing")
    first_accepted_on = models.DateField(null=True, blank=True)
    trusted_since = models.DateField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(paused_until=None) | ~models.Q(pause_reason=""), name="people_pause_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class OutgoingMail(models.Model):
    """A mail that is not sent yet. It is written in the transaction that it tells of, and deleted once it is sent."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
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
