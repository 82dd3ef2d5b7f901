"""What tests of search let other processes do, on the tests' own database and an index of their own.

Each process is forked from one that has loaded the product once and opened nothing: it begins as a
web worker does, and within milliseconds.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.db import transaction

from practices.models import PracticePage
from practices.signals import send_practice_changed
from search.engines import get_engine
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue, rebuild_index, search_library

MOUNTS_OF_ITS_OWN, USERS_OF_ITS_OWN = 0x00020000, 0x10000000
# The rights by which root writes where it may not: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
RIGHTS_OVER_FILES = 1 << 1 | 1 << 2


def run(act: str, index: str, told: str, args: tuple) -> None:
    """Do one of the acts below, with what it prints in a file; ends with 1 when it raises."""
    settings.SEARCH_INDEX_DIR = Path(index)
    with Path(told).open("w", buffering=1) as sys.stdout:
        try:
            globals()[act](*args)
        except BaseException:
            traceback.print_exc(file=sys.stdout)
            sys.exit(1)


def change(first: int, step: int, rounds: int) -> None:
    """Give every so-many-th practice a new title, round after round, and let each change be indexed."""
    ids = list(PracticePage.objects.order_by("pk").values_list("pk", flat=True))[first::step]
    for number in range(rounds):
        for pk in ids:
            change_one(pk, title=f"Round {number} of {pk}")
            print(pk, number)


def change_one(pk: int, **fields: Any) -> None:
    with transaction.atomic():
        PracticePage.objects.filter(pk=pk).update(**fields)
        send_practice_changed([pk])


def hide_and_show(pk: int, times: int) -> None:
    for number in range(times):
        change_one(pk, live=number % 2 == 1)


def rebuild(times: int) -> None:
    for _ in range(times):
        print(rebuild_index())


def rebuild_and_be_overtaken(pk: int) -> None:
    """Rebuild, and hear of a change when every practice has been read."""
    engine: Any = get_engine()
    filling = engine._fill

    def fill_and_be_overtaken(*args: Any) -> Any:
        phrases = filling(*args)
        IndexQueue.objects.put([pk])
        return phrases

    engine._fill = fill_and_be_overtaken
    rebuild_index()


def search(times: int, always: list[int], sometimes: list[int]) -> None:
    """Print each answer that is not what it has to be."""
    for _ in range(times):
        tell_wrong_answer(always, sometimes, may_be_degraded=False)


def search_until(stop: str, always: list[int]) -> None:
    """The same until a file is there; answers without the index are right as well."""
    while not Path(stop).exists():
        tell_wrong_answer(always, [], may_be_degraded=True)
        time.sleep(0.002)


def tell_wrong_answer(always: list[int], sometimes: list[int], *, may_be_degraded: bool) -> None:
    results = search_library(SearchQuery(words="round"))
    ids = [hit.id for hit in results.hits]
    right = len(ids) == len(set(ids)) == results.total and set(always) <= set(ids) <= {*always, *sometimes}
    if not right or (results.degraded and not may_be_degraded):
        print("wrong:", results.answer, results.total, ids, "degraded" if results.degraded else "")


def die(place: str, when: str, times: int, act: str, args: tuple) -> None:
    """Do something, and be killed at the so-many-th call of a function, before or after its work."""
    module, _, name = place.partition(":")
    owner: Any = import_module(module)
    *path, name = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    setattr(owner, name, _killed(getattr(owner, name), when, times))
    globals()[act](*args)


def _killed(work: Callable, when: str, times: int) -> Callable:
    calls = 0

    @wraps(work)
    def work_and_be_killed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = work(*args, **kwargs)
        if calls == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return work_and_be_killed


def change_and_be_asked(pk: int, title: str) -> None:
    """Change one practice where the index cannot be written, search on, and say how it went."""
    change_one(pk, title=title)
    told = {"waiting": IndexQueue.objects.waiting().count(), "answers": []}
    for _ in range(3):
        results = search_library(SearchQuery(words="round"))
        told["answers"].append([results.total, results.degraded])
        drain_queue()
        get_engine()._opened = None
    print(json.dumps(told))


def live_without_rights(pk: int, title: str) -> None:
    """As `change_and_be_asked`, with no more rights over files than their bits give."""
    search_library(SearchQuery(words="round"))
    if os.geteuid() == 0:
        _give_up_rights()
    change_and_be_asked(pk, title)


def _give_up_rights() -> None:
    head, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(head, data):
        raise OSError(ctypes.get_errno(), "capget")
    data[0] &= ~RIGHTS_OVER_FILES
    if libc.capset(head, data):
        raise OSError(ctypes.get_errno(), "capset")


def live_with_short_files(pk: int, title: str) -> None:
    """As `change_and_be_asked`, where no file may grow beyond a few bytes; then as if there were room again."""
    search_library(SearchQuery(words="round"))
    write = get_engine()._write
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def write_short(*args: Any, **kwargs: Any) -> None:
        # Only while the index is written: the database stands on the same machine.
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, usual[1]))
        try:
            write(*args, **kwargs)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    get_engine()._write = write_short
    change_and_be_asked(pk, title)
    get_engine()._write = write


def live_on_a_full_disk(pk: int, title: str) -> None:
    """As `change_and_be_asked`, on a file system of its own that is full; then with room again."""
    disk = settings.SEARCH_INDEX_DIR
    disk.mkdir(parents=True)
    if not _mount(disk, size=400_000):
        print(json.dumps({"mounted": False}))
        return
    rebuild_index()
    filler = disk / "filler"
    fill(filler)
    change_and_be_asked(pk, title)
    try:
        rebuild_index()
        print("rebuilt on a full disk")
    except get_engine_error():
        pass
    filler.unlink()
    drain_queue()
    results = search_library(SearchQuery(words=f'"{title}"'))
    print(json.dumps([results.total, results.degraded, IndexQueue.objects.count()]))


def get_engine_error() -> type[Exception]:
    from search.engines.base import EngineUnavailableError

    return EngineUnavailableError


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(512)):
                pass
        except OSError:
            pass


def _mount(place: Path, *, size: int) -> bool:
    """A small file system that only this process sees; False where none may be mounted."""
    libc = ctypes.CDLL(None, use_errno=True)
    kinds = MOUNTS_OF_ITS_OWN if os.geteuid() == 0 else MOUNTS_OF_ITS_OWN | USERS_OF_ITS_OWN
    if not hasattr(libc, "unshare") or libc.unshare(kinds):
        return False
    private = 1 << 18 | 1 << 14
    libc.mount(b"none", b"/", None, ctypes.c_ulong(private), None)
    return libc.mount(b"tmpfs", os.fsencode(place), b"tmpfs", ctypes.c_ulong(0), f"size={size}".encode()) == 0
