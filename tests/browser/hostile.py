"""Text that tries to run, planted wherever somebody can write. Imported by a process of its own."""

from __future__ import annotations

from typing import Any

RUN = "<script>window.ran=1</script><img src=x onerror=window.ran=1><svg/onload=window.ran=1>"
BREAK_OUT = (
    "\"'><script>window.ran=1</script>"
    "<a href=javascript:window.ran=1 onmouseover=window.ran=1 autofocus onfocus=window.ran=1>x</a>"
)
LONG = f"""{RUN}

- {BREAK_OUT}
- <mark>found</mark> <![CDATA[<script>window.ran=1</script>]]> <!-- <script>window.ran=1</script>

javascript:window.ran=1 https://example.org/"onmouseover="window.ran=1 </textarea></title></style>{RUN}"""
SHORT = "<img src=x onerror=window.ran=1>"


def plant() -> None:
    """Make a practice, terms, a wanted page and a page by staff that hold nothing but hostile text."""
    from home.models import HomePage, StaffPage
    from practices.models import (
        BeneficiaryGroup,
        Change,
        Essential,
        Outcome,
        Photo,
        PovertyTruthCommissionPage,
        PracticeIndexPage,
        PracticePrinciple,
        Principle,
        Question,
        Source,
        Step,
        Voice,
    )
    from search.models import WantedPractice
    from search.services import rebuild_index
    from tests.factories.practices import image_file
    from tests.factories.tried import shown

    terms: dict[Any, Any] = {
        model: model.objects.create(label=f"{SHORT} hostile", slug="hostile", description=LONG[:500], also=[BREAK_OUT])
        for model in (Outcome, BeneficiaryGroup, Principle)
    }
    long_fields = ("what_it_is", "why_it_works", "local_form", "did_not_work", "adaptation_added")
    short_fields = ("summary", "people_needed", "time_needed", "cost", "place", "organisation")
    fields_of_kind = ("community_commissioners", "civic_commissioners", "facilitation")
    texts = {
        **dict.fromkeys(long_fields, LONG),
        **dict.fromkeys((*short_fields, *fields_of_kind), BREAK_OUT[:200]),
    }
    page = PovertyTruthCommissionPage(
        title=f"Hostile {RUN}",
        slug="hostile",
        live=False,
        website="https://example.org/?\"'><script>",
        **texts,
    )
    page.outcomes, page.beneficiary_groups = [terms[Outcome]], [terms[BeneficiaryGroup]]
    page.principles = [PracticePrinciple(principle=terms[Principle], how=BREAK_OUT)]
    page.essentials, page.steps, page.questions = (
        [Essential(text=BREAK_OUT)],
        [Step(text=LONG[:500])],
        [Question(text=RUN)],
    )
    page.photo = Photo.objects.create(
        title=BREAK_OUT, consent=True, file=image_file(name="'><script>window.ran=1<.jpg", size=(300, 400))
    )
    source = Source(title=BREAK_OUT, publisher=SHORT, date=SHORT, url="https://example.org/'\"><script>")
    page.sources = [source]
    page.changes = [Change(claim=LONG[:500], figure=SHORT, outcome=terms[Outcome], source=source.key, date=SHORT)]
    page.voices = [Voice(quote=LONG[:900], said_by=SHORT, source=source.key)]
    PracticeIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    told = dict.fromkeys(("with_whom", "cost", "how_long", "added", "organisation", "who_decided"), BREAK_OUT[:200])
    told |= {"place": RUN[:120], "tried_when": SHORT, "sentence": LONG[:500], "advice": LONG[:900], "people_say": RUN}
    shown(page, essentials={page.essentials.get().key: ("kept", BREAK_OUT)}, people_agreed=True, **told)
    WantedPractice.objects.create(title=RUN, why=LONG[:900], source_title=BREAK_OUT)
    staff = StaffPage(title=f"Hostile {SHORT}", slug="hostile-staff", lede=BREAK_OUT[:300])
    staff.body = [
        {"type": "section", "value": {"heading": SHORT, "text": LONG, "links": [{"words": RUN, "address": "/help/"}]}},
        {"type": "questions", "value": {"heading": RUN[:120], "questions": [BREAK_OUT]}},
    ]
    HomePage.objects.get().add_child(instance=staff)
    rebuild_index()
