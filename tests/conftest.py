"""What every test may ask for."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from home.roles import make_moderators
from people.models import User
from practices.models import Library, PracticeIndexPage
from tests import databases
from tests.factories.people import UserFactory
from tests.shared_servers import MEETING_PLACE, elasticsearch_address, pytest_configure, pytest_unconfigure  # noqa: F401
from tests.trees import make_tree

# Each core has a worker of its own: threads of numpy beside them wait for each other and burn both.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_finish() -> None:
    """What stands in the memory by now stays: to look through it for garbage again and again is in vain."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What makes the starter library goes first: one process makes it, another the database, and nobody waits."""
    items.sort(key=lambda item: item.name != "test_one_command_makes_the_library_serves_it_and_stops_when_told")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Django shall take the database that it finds in its place, and see for itself that nothing is missing in it."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
) -> Iterator[None]:
    """Put a migrated database in its place: with a server for databases, Django makes it as it always does."""
    if connection.vendor != "sqlite":
        gc.disable()
        yield
        return
    cache = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir("databases") if cache else Path(os.environ[MEETING_PLACE])
    own = Path(connection.settings_dict["TEST"]["NAME"])
    with django_db_blocker.unblock():
        databases.put_in_place(folder, own)
    yield
    connection.close()
    own.unlink()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The tree that tests begin with stands in a database that Django made as well."""
    if connection.vendor != "sqlite":
        gc.enable()
        gc.collect()
        with django_db_blocker.unblock():
            make_tree()
            # As in `databases`: each test makes its own.
            Library.objects.all().delete()


@pytest.fixture
def library(db: None) -> PracticeIndexPage:
    """The tree that the site needs, without a practice: root, front door, the whole library.

    A test with real transactions leaves the tables empty behind it, so it is made where it is not.
    """
    return PracticeIndexPage.objects.first() or make_tree()


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
