"""Load the first help lines."""

from __future__ import annotations

from search.management.load_command import LoadListCommand
from search.starter_lists import HELP_LINES


class Command(LoadListCommand):
    help = "Loads who to ring when somebody may be in danger. What an editor has changed stays as it is."
    starter = HELP_LINES
    told = "{added} help lines added, {renewed} renewed."
