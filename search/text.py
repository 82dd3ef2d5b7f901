"""The one tokeniser: what was typed, and what is highlighted, is read by the same rules in every engine.

What people type never reaches an engine's own query parser: it is cut into words here, and engines
build their queries from the pieces.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

try:
    import tantivy
except ImportError:  # no wheel for this machine: the plain engine answers, without stems
    tantivy = None  # type: ignore[assignment]

COMMON_WORDS = Path(__file__).parent / "common_words.txt"
MAX_WORDS = 32
MAX_WORD_LENGTH = 60
# The engine's tokeniser is the same rule in its own dialect of regular expressions.
ENGINE_WORD = r"[\p{L}\p{N}]+(?:['’][\p{L}]+)*"
WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
HYPHENS = "-‐‑‒–"
COMPOUND = re.compile(rf"[^\W_]+(?:['’][^\W\d_]+)*(?:[{HYPHENS}][^\W_]+(?:['’][^\W\d_]+)*)*")
QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]")
QUOTES = re.compile('["“”„«»]')
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
SMALL_WORDS = """
a about after again all also always am an and any are as at be because been before being but by can cannot
can't did do does doesn't don't down each else even ever every few for from get gets getting go goes going got
had has have having he her here him his how i i'd i'll i'm i've if in into is isn't it it's its just keep
keeps know like lot lots made make makes many me more most much my need needs never no nobody none nor not
nothing now of off on one only or other others our out over own people person please really same she should since so
some somebody someone something still such than that that's the their them then there these they thing things
this those though to too two up us used very want wants was way we well were what what's when where which
while who whom whose why will with without won't would yet you your
"""
STOP_WORDS = frozenset(SMALL_WORDS.split())
# Typed round what is meant in any search for practice: they rank, and need not be there.
WORDS_ROUND_IT = """
advice advise age aged anybody anyone anything around bad best better bit bloke chap client clients deal dealing
does doing done example examples feel feeling feels find finding fella gentleman give giving good great guy help
helped helpful helping helps idea ideas info information kind kinds lad lady lass let look looking looks man
mate method methods nice old one ones please practical practice practices problem problems project
projects put really said say saying says scheme schemes see service services similar situation
situations start started starting
stuff support supported supporting supports take taking talk tell think thinking tip tips tool tools toolkit try
trying use user users using want wanting way ways yr yrs year years
"""
CHATTER = frozenset(WORDS_ROUND_IT.split())
# What only holds an expression together: "lost his job" says what "lost her job" does.
WORDS_BETWEEN = """
a all also am an and any are at been being but for had has have her his i is it its just me my of our really she
he so some still such the their them then they this to too very was we were who will with you your
"""
GLUE = frozenset(WORDS_BETWEEN.split())
SPELLINGS = (
    (re.compile(r"iz(e|ed|es|er|ers|ing|ation|ations|ational)$"), r"is\1"),
    (re.compile(r"is(e|ed|es|er|ers|ing|ation|ations|ational)$"), r"iz\1"),
    (re.compile(r"our(s|ed|ing|hood|hoods|ly|ite)?$"), r"or\1"),
    (re.compile(r"(?<=[a-z]{3})or(s|ed|ing|hood|hoods|ly|ite)?$"), r"our\1"),
    (re.compile(r"^(wo|)men$"), r"\1man"),
    (re.compile(r"^(wo|)man$"), r"\1men"),
    (re.compile(r"^(program|cent)me?(s?)$"), r"\1me\2"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that was asked for: a word, a hyphenated word, or a phrase in quotes."""

    typed: str
    words: tuple[str, ...]
    quoted: bool = False

    @property
    def telling(self) -> bool:
        """Whether it says what is looked for. Small words and those of any talk may be missing from an answer."""
        return self.quoted or not all(is_small(word) or is_chatter(word) for word in self.words)

    @property
    def small(self) -> bool:
        return not self.quoted and all(map(is_small, self.words))


def clean(text: str, limit: int) -> str:
    """Typed text without control characters, lone surrogates and runs of spaces, cut to a length."""
    text = UNWANTED.sub(" ", text[: limit * 4])
    return " ".join(unicodedata.normalize("NFC", text).split())[:limit].strip()


def clean_lines(text: str, limit: int) -> str:
    """The same, with the lines as they were."""
    lines = text[: limit * 4].replace("\r\n", "\n").split("\n")
    return "\n".join(clean(line, limit) for line in lines)[:limit].strip()


def unaccented(text: str) -> str:
    """Small letters without accents, as words are kept for spelling."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))


def words_of(text: str) -> list[str]:
    return WORD.findall(text)


def is_small(word: str) -> bool:
    folded = word.lower().replace("’", "'")
    return folded in STOP_WORDS or (len(folded) == 1 and folded.isascii())


def is_chatter(word: str) -> bool:
    """Whether it stands in any talk, or round what is meant when practice is searched; and numbers, which are ages."""
    lower = word.lower()
    return lower in CHATTER or lower in common_words() or word.isdecimal()


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words that stand in any talk, whatever it is about."""
    lines = COMMON_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_glue(word: str) -> bool:
    return word.lower() in GLUE


def read_pieces(text: str, *, most_words: int = MAX_WORDS) -> tuple[Piece, ...]:
    """What was typed as pieces, in order; at most as many words as an engine should be asked for."""
    pieces: list[Piece] = []
    position = 0
    for match in QUOTED.finditer(text):
        pieces += _loose_pieces(text[position : match.start()])
        words = tuple(words_of(match.group(1)))
        if words:
            pieces.append(Piece(match.group(1).strip(), words, quoted=True))
        position = match.end()
    pieces += _loose_pieces(text[position:])
    kept, count = [], 0
    for piece in pieces:
        room = most_words - count
        if room <= 0:
            break
        if len(piece.words) > room:
            piece = Piece(" ".join(piece.words[:room]), piece.words[:room], piece.quoted)
        count += len(piece.words)
        kept.append(piece)
    return tuple(kept)


def _loose_pieces(text: str) -> list[Piece]:
    return [Piece(typed, tuple(words_of(typed))) for typed in COMPOUND.findall(text)]


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    """Lower case, without accents, stemmed: how the words of a page and of a question become alike."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(ENGINE_WORD))
    for step in (
        tantivy.Filter.remove_long(MAX_WORD_LENGTH),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The form under which a word is kept in an index; empty for what no index keeps."""
    if tantivy is None:
        return word.lower()
    stems = analyzer().analyze(word)
    return stems[0] if stems else ""


def stems_in(text: str) -> list[str]:
    """The stems of the words of a text, in their order."""
    return [found for found in map(stem, words_of(text)) if found]


@lru_cache(maxsize=5_000)
def stems_of(text: str) -> tuple[str, ...]:
    """The same of a short text that comes again and again."""
    return tuple(stems_in(text))


@lru_cache(maxsize=5_000)
def stems_with_spellings(word: str) -> tuple[str, ...]:
    """The stem of a word, and of its other spelling: organization for organisation, woman for women."""
    lower = word.lower()
    others = [pattern.sub(change, lower) for pattern, change in SPELLINGS if pattern.search(lower)]
    return tuple(dict.fromkeys(found for found in map(stem, [word, *others]) if found))


def joined_compounds(text: str) -> list[str]:
    """Hyphenated words written as one, so that "selfreliant" finds "self-reliant"."""
    used = [hyphen for hyphen in HYPHENS if hyphen in text]
    words = text.split() if used else []
    return [
        "".join(words_of(compound)).replace("'", "").replace("’", "")
        for word in dict.fromkeys(word for hyphen in used for word in words if hyphen in word)
        for compound in COMPOUND.findall(word)
        if any(hyphen in compound for hyphen in used)
    ]
