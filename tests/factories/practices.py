"""Practices, terms and photos in the states that tests need, and nothing else.

Practices stand under the index page of the `library` fixture and are published the way the
product does it: a revision, then a publish, so that signals and totals are real.
"""

import io
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from practices.models import (
    BeneficiaryGroup,
    Change,
    CommunityConnectorPage,
    Essential,
    Outcome,
    Photo,
    PovertyTruthCommissionPage,
    PracticeIndexPage,
    PracticePage,
    PracticePrinciple,
    PracticeTotals,
    Principle,
    Question,
    SelfReliantGroupPage,
    Source,
    Step,
    Voice,
)


class TermFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    class Params:
        is_retired = factory.Trait(retired=True)

    label = factory.Sequence(lambda n: f"Term number {n}")
    slug = factory.Sequence(lambda n: f"term-number-{n}")
    also = factory.LazyFunction(list)


class OutcomeFactory(TermFactory):
    class Meta:
        model = Outcome


class BeneficiaryGroupFactory(TermFactory):
    class Meta:
        model = BeneficiaryGroup


class PrincipleFactory(TermFactory):
    class Meta:
        model = Principle


class PracticeFactory(factory.django.DjangoModelFactory):
    """A published practice under the library's index page.

    Lists make rows and terms: `outcomes=[...]`, `beneficiary_groups=[...]` and `principles=[...]`
    take terms; `essentials`, `steps` and `questions` take texts; `changes`, `voices` and `sources`
    take dictionaries of fields. `unpublished=True` leaves the page unseen.
    """

    class Meta:
        model = PracticePage

    title = factory.Sequence(lambda n: f"Practice number {n}")
    slug = factory.Sequence(lambda n: f"practice-number-{n}")
    summary = "People meet, listen and decide together what to do next."

    @classmethod
    def _create(cls, model_class: type[PracticePage], *args: Any, **fields: Any) -> PracticePage:
        unpublished = fields.pop("unpublished", False)
        parent = fields.pop("parent", None) or PracticeIndexPage.objects.get()
        terms = {name: fields.pop(name, []) for name in ("outcomes", "beneficiary_groups")}
        rows = {
            "principles": [
                PracticePrinciple(principle=given) if isinstance(given, Principle) else PracticePrinciple(**given)
                for given in fields.pop("principles", [])
            ]
        }
        for name, row in (("essentials", Essential), ("steps", Step), ("questions", Question)):
            rows[name] = [row(text=text) for text in fields.pop(name, [])]
        for name, row in (("changes", Change), ("voices", Voice), ("sources", Source)):
            rows[name] = [row(**values) for values in fields.pop(name, [])]
        page = model_class(live=False, **fields)
        for name, chosen in terms.items():
            setattr(page, name, chosen)
        for name, given in rows.items():
            for order, row in enumerate(given):
                row.sort_order = order
            setattr(page, name, given)
        parent.add_child(instance=page)
        if not unpublished:
            page.save_revision().publish()
            page.refresh_from_db()
        return page


class PovertyTruthCommissionFactory(PracticeFactory):
    class Meta:
        model = PovertyTruthCommissionPage


class SelfReliantGroupFactory(PracticeFactory):
    class Meta:
        model = SelfReliantGroupPage


class CommunityConnectorFactory(PracticeFactory):
    class Meta:
        model = CommunityConnectorPage


def image_file(
    name: str = "photo.jpg", file_format: str = "JPEG", size: tuple[int, int] = (60, 40), **save: Any
) -> Any:
    """A small picture as a file, in a format that Pillow writes."""
    output = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(output, file_format, **save)
    return ContentFile(output.getvalue(), name=name)


class PhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Photo

    title = "People round a table"
    consent = True
    file = factory.LazyFunction(image_file)


def tried_in(pages: Any, *, took_part: int = 0, on: Any = None, **verdicts: int) -> None:
    """Let practices have been told of, without reports: so many places by how it went there.

    Args:
        pages: a page, or a queryset of totals.
        took_part: in how many of the places somebody tells who took part.
        on: the day of the last report; today if none is given.
        verdicts: helped, in_part, did_not_help, too_early.
    """
    totals = PracticeTotals.objects.filter(page=pages.pk) if isinstance(pages, PracticePage) else pages
    places = sum(verdicts.values())
    none = dict.fromkeys(("helped", "in_part", "did_not_help", "too_early"), 0)
    last = (on or timezone.localdate()) if places else None
    totals.update(**none | verdicts, places=places, reports=places, places_took_part=took_part, last_told=last)
