"""Servers that all processes of one run of the tests share: started by the first test that asks, ended with the run."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from backing import elasticsearch
from backing.debian import NotInstalledError

# Where the processes of one run meet, and the first of them.
MEETING_PLACE = "TEST_MEETING_PLACE"
FIRST_PROCESS = "TEST_FIRST_PROCESS"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[FIRST_PROCESS] = str(os.getpid())
        os.environ[MEETING_PLACE] = tempfile.mkdtemp(prefix="social-wiki-servers-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ[MEETING_PLACE])
        elasticsearch.end_for_many(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def elasticsearch_address() -> str:
    """A real Elasticsearch. Where none can be had, tests of it are skipped, save in CI."""
    try:
        return elasticsearch.start_for_many(Path(os.environ[MEETING_PLACE]), int(os.environ[FIRST_PROCESS]))
    except NotInstalledError as reason:
        if "CI" in os.environ:
            raise
        pytest.skip(str(reason))
