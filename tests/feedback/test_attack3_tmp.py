import time, pytest, uuid
from datetime import date, timedelta
from django.utils import timezone
from feedback.models import *
from feedback.opinions.services import rate_page, rule_out
from feedback.totals import recount
from practices.models import Library
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
pytestmark = pytest.mark.django_db

def test_slow(library):
    page = PracticeFactory(essentials=["a", "b", "c"])
    keys = [e.key for e in page.essentials.all()]
    rs = TriedReport.objects.bulk_create([TriedReport(page=page, state="shown", sent_key=f"k{n}", teller="ran-it", place=f"T {n}", place_key=f"t {n}", verdict="helped", sent_at=timezone.now(), told_on=date(2026,1,1)) for n in range(10_000)], batch_size=500)
    TriedEssential.objects.bulk_create([TriedEssential(report=r, essential=k, taken="kept") for r in rs for k in keys], batch_size=500)
    recount([page.pk])
    for n in range(3):
        t = time.perf_counter(); rate_page(page=page, by=UserFactory(), stars=4); print("rate ms", round(1000*(time.perf_counter()-t)))

def test_flush(library):
    page = PracticeFactory()
    before = Library.objects.current().version
    for n in range(20):
        rule_out(page=page, why=["rural", "no-staff"][n % 2], by=None, visitor="10.0.0.1")
    print("versions", Library.objects.current().version - before)
