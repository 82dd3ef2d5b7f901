"""Load the first everyday words."""

from __future__ import annotations

from search.management.load_command import LoadListCommand
from search.starter_lists import EVERYDAY_WORDS


class Command(LoadListCommand):
    help = "Loads how people ask for the practices of the starter library. What an editor has changed stays as it is."
    starter = EVERYDAY_WORDS
    told = "everyday words of {added} practices added, of {renewed} renewed."
