"""What every test may ask for."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import Collection, Locale, Page, Site

from backing import elasticsearch
from backing.debian import NotInstalledError
from home.models import HomePage
from home.roles import make_moderators
from people.models import User
from practices.models import PracticeIndexPage
from tests.factories.people import UserFactory

# Where the processes of one run meet: each server that several of them use is started once.
MEETING_PLACE = "TEST_MEETING_PLACE"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[MEETING_PLACE] = tempfile.mkdtemp(prefix="social-wiki-servers-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ[MEETING_PLACE])
        elasticsearch.end_for_many(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def elasticsearch_address() -> str:
    """A real Elasticsearch, one for all processes of the run. Where none can be had, its tests are skipped save in CI."""
    try:
        return elasticsearch.start_for_many(Path(os.environ[MEETING_PLACE]))
    except NotInstalledError as reason:
        if "CI" in os.environ:
            raise
        pytest.skip(str(reason))


@pytest.fixture
def library(db: None) -> PracticeIndexPage:
    """The tree that the site needs, without a practice: root, front door, the whole library.

    A test with real transactions leaves the tables empty behind it, so nothing is taken as given.
    """
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    Collection.get_first_root_node() or Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Site.objects.all().delete()
    root.get_children().delete()
    root = Page.objects.get(pk=root.pk)
    front_door = root.add_child(instance=HomePage(title="Front door", slug="home"))
    Site.objects.create(hostname="localhost", root_page=front_door, is_default_site=True)
    return front_door.add_child(instance=PracticeIndexPage(title="The whole library", slug="practices"))


@pytest.fixture
def moderator(library: PracticeIndexPage) -> User:
    person = UserFactory()
    person.groups.add(make_moderators(library))
    return person


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    """A browser in which a moderator is signed in."""
    client.force_login(moderator)
    return client
