"""Load the first wanted list."""

from __future__ import annotations

from search.management.load_command import LoadListCommand
from search.starter_lists import WANTED


class Command(LoadListCommand):
    help = "Loads the first wanted list. What somebody has edited stays as it is."
    starter = WANTED
    told = "{added} added to the wanted list, {renewed} renewed."
