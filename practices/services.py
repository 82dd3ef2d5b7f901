"""Every change of state in practices: of terms, and of the kind of a page."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex, Revision

from .models import (
    Change,
    FormerSlug,
    Kind,
    Outcome,
    PracticePage,
    PracticePrinciple,
    Principle,
    ReportedOutcome,
    Term,
    kind_model,
)
from .signals import send_practice_changed

MODERATED = ["label", "slug", "description", "also", "sort_order", "retired"]


def pages_naming(term: Term) -> set[int]:
    """The ids of all practices, seen or not, that name a term."""
    named = set(PracticePage.objects.with_term(term.vocabulary, [term.pk]).values_list("pk", flat=True))
    if isinstance(term, Outcome):
        named |= set(Change.objects.filter(outcome=term).values_list("page_id", flat=True))
        named |= set(ReportedOutcome.objects.filter(outcome=term).values_list("page_id", flat=True))
    return named


@transaction.atomic
def save_term(*, term: Term, by: Any = None) -> Term:
    """Save a term as a moderator left it. A changed slug leaves its old address behind, for ever.

    Raises:
        ValidationError: the term is not valid, or its address is taken.
    """
    before = type(term).objects.select_for_update().filter(pk=term.pk).first()
    if before is not None and before.merged_into_id:
        raise ValidationError(_("This term has been merged into another."))
    if before is not None and before.label != term.label:
        # What it was called goes on finding it.
        known = {word.casefold() for word in [term.label, *term.also]}
        term.also = [*term.also, *([before.label] if before.label.casefold() not in known else [])]
    term.full_clean()
    if before is None:
        term.save()
        return term
    # Never `named` or `merged_into`: the copy at hand may be older than what a publish or a merge wrote.
    term.save(update_fields=MODERATED)
    if before.slug != term.slug:
        FormerSlug.objects.filter(vocabulary=term.vocabulary, slug=term.slug).delete()
        FormerSlug.objects.update_or_create(vocabulary=term.vocabulary, slug=before.slug, defaults={"term_id": term.pk})
        log(term, "practices.rename_term", user=by, data={"before": before.slug, "after": term.slug})
    if (before.slug, before.label) != (term.slug, term.label):
        send_practice_changed(pages_naming(term))
    return term


@transaction.atomic
def merge_terms(*, source: Term, target: Term, by: Any = None) -> Term:
    """Let one term stand for two: every page that names `source` names `target` from now on.

    The source's address leads to the target for ever, and its label and synonyms go on finding.
    Old revisions that name it are read as naming the target (see PracticePage.save).

    Raises:
        ValidationError: the two are one, of different vocabularies, or already merged.
    """
    if type(source) is not type(target) or source.pk == target.pk:
        raise ValidationError(_("Choose another term of the same vocabulary."))
    # Whoever counts reports anew at this moment names terms by their key, and must not wait for this.
    both = type(source).objects.select_for_update(no_key=True).filter(pk__in=[source.pk, target.pk]).order_by("pk")
    fresh = {term.pk: term for term in both}
    source, target = fresh[source.pk], fresh[target.pk]
    if source.merged_into_id or target.merged_into_id:
        raise ValidationError(_("One of these has been merged already."))
    pages = pages_naming(source)
    _move_uses(source, target)
    words = {word.casefold() for word in [target.label, *target.also]}
    target.also = [*target.also, *(word for word in [source.label, *source.also] if word.casefold() not in words)]
    target.named = target.named or source.named
    target.save(update_fields=["also", "named"])
    source.merged_from.update(merged_into=target)
    source.merged_into, source.retired = target, True
    source.save(update_fields=["merged_into", "retired"])
    log(source, "practices.merge_terms", user=by, data={"into": target.slug})
    send_practice_changed(pages)
    return target


def _move_uses(source: Term, target: Term) -> None:
    """Point every row that names the source at the target, and drop those that would then stand twice."""
    if isinstance(source, Principle):
        doubled = PracticePrinciple.objects.filter(principle=target).values("page_id")
        PracticePrinciple.objects.filter(
            principle=source, page_id__in=list(doubled.values_list("page_id", flat=True))
        ).delete()
        PracticePrinciple.objects.filter(principle=source).update(principle=target)
        return
    if isinstance(source, Outcome):
        Change.objects.filter(outcome=source).update(outcome=target)
        # Whoever counts them anew counts the target; until then it is reported wherever one of the two was.
        reported = ReportedOutcome.objects
        told = list(reported.filter(outcome_id=target.pk).values_list("page_id", flat=True))
        reported.filter(outcome_id=source.pk, page_id__in=told).delete()
        reported.filter(outcome_id=source.pk).update(outcome_id=target.pk)
        through, column = PracticePage.outcomes.through.objects, "outcome"
    else:
        through, column = PracticePage.beneficiary_groups.through.objects, "beneficiarygroup"
    doubled_pages = list(through.filter(**{column: target.pk}).values_list("practicepage_id", flat=True))
    through.filter(**{column: source.pk, "practicepage_id__in": doubled_pages}).delete()
    through.filter(**{column: source.pk}).update(**{f"{column}_id": target.pk})


@transaction.atomic
def change_kind(*, page: PracticePage, kind: str, by: Any = None) -> PracticePage:
    """Make a practice one of another kind. Its address, rows, totals and history stay.

    Page types are tables joined by their key, so this moves the row of the kind's own fields: the
    old kind's row goes (what it held stays in the revision before), the new kind's row comes, empty.

    Args:
        page: any practice, specific or not.
        kind: a value of `Kind`.
        by: the moderator.

    Returns:
        The page as its new type, with a revision of its own. One that was taken down stays down.

    Raises:
        ValidationError: there is no such kind.
    """
    if kind not in Kind.values:
        raise ValidationError(_("There is no such kind of practice."))
    old = Page.objects.select_for_update().get(pk=page.pk).specific
    model = kind_model(kind)
    if type(old) is model:
        return old
    before = old.kind
    if type(old) is not PracticePage:
        rows = type(old)._base_manager.filter(pk=old.pk)
        rows._raw_delete(rows.db)
    if model is not PracticePage:
        # save_base(raw=True) writes the kind's own table alone: the page itself is there already.
        row = model(practicepage_ptr_id=old.pk)
        row.save_base(raw=True, force_insert=(model,))
    content_type = ContentType.objects.get_for_model(model)
    Page.objects.filter(pk=old.pk).update(content_type=content_type)
    # A revision finds its page by the page's type, so the old ones have to name the new type too.
    Revision.objects.for_instance(old).update(content_type=content_type)
    ReferenceIndex.objects.filter(content_type=ContentType.objects.get_for_model(old), object_id=str(old.pk)).update(
        content_type=content_type
    )
    new = model.objects.get(pk=old.pk)
    log(new, "practices.change_kind", user=by, data={"before": str(before), "after": kind})
    revision = new.save_revision(user=by, log_action=False)
    if new.live:
        revision.publish(user=by, log_action=False, skip_permission_checks=True)
    return model.objects.get(pk=old.pk)
