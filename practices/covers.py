"""The cover of a practice that has no photo: drawn by rule, so the same practice always has the same one.

The rule stands in the look's README. A cover is a ground, a figure by kind in the upper square, and a
strip below it with one bead for each outcome. Chance comes from the slug alone, colour from an outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from practices.models import Kind, Photo, PracticePage
from practices.text import render_cover

INK, PAPER, LAMP = "#16313a", "#f6eeda", "#f2b632"
BRICK, ROSE, MOSS, SAGE, SEA, SKY = "#c04f2c", "#e9a998", "#3b7650", "#bccfa6", "#2a648f", "#a8cdd8"

SQUARE = 120
GROUND, FIRST, SECOND, MARKS = range(4)
MOST_BEADS = 7
PHOTO_FILTER = "fill-416x555|format-webp"


class Palette(NamedTuple):
    ground: str
    first: str
    second: str
    marks: str


PALETTES = {
    "ties": (
        Palette(ROSE, BRICK, INK, LAMP),
        Palette(BRICK, ROSE, INK, LAMP),
        Palette(PAPER, ROSE, BRICK, INK),
        Palette(SKY, BRICK, INK, PAPER),
        Palette(INK, ROSE, BRICK, PAPER),
        Palette(SAGE, INK, BRICK, PAPER),
    ),
    "voice": (
        Palette(LAMP, INK, BRICK, PAPER),
        Palette(PAPER, LAMP, INK, BRICK),
        Palette(INK, LAMP, ROSE, PAPER),
        Palette(MOSS, LAMP, INK, PAPER),
        Palette(ROSE, INK, LAMP, PAPER),
    ),
    "means": (
        Palette(SAGE, MOSS, INK, LAMP),
        Palette(MOSS, SAGE, LAMP, INK),
        Palette(PAPER, MOSS, SAGE, INK),
        Palette(LAMP, MOSS, INK, PAPER),
        Palette(INK, SAGE, MOSS, LAMP),
    ),
    "health": (
        Palette(SKY, SEA, BRICK, PAPER),
        Palette(SKY, INK, SEA, LAMP),
        Palette(PAPER, SEA, SKY, BRICK),
        Palette(SEA, SKY, INK, PAPER),
        Palette(ROSE, SEA, INK, PAPER),
    ),
    "home": (
        Palette(INK, ROSE, LAMP, BRICK),
        Palette(INK, SKY, BRICK, PAPER),
        Palette(PAPER, INK, ROSE, BRICK),
        Palette(SAGE, INK, BRICK, LAMP),
        Palette(BRICK, PAPER, INK, LAMP),
    ),
    "change": (
        Palette(SEA, SKY, LAMP, INK),
        Palette(SEA, LAMP, INK, PAPER),
        Palette(PAPER, SEA, LAMP, INK),
        Palette(LAMP, SEA, INK, PAPER),
        Palette(SAGE, SEA, INK, LAMP),
    ),
}
FAMILIES = {
    "ties": ("less-loneliness", "stronger-relationships", "stronger-neighbourhoods"),
    "voice": ("voice-and-confidence", "power-shared", "trust-in-institutions"),
    "means": ("money-and-security", "work-and-enterprise", "skills-and-learning"),
    "health": ("health-and-wellbeing", "mental-health", "fewer-crises", "independence-and-care"),
    "home": ("safe-and-stable-home", "families-stay-together", "less-crime-and-prison"),
    "change": ("services-changed", "practice-spreads"),
}
FAMILY_OF_OUTCOME = {outcome: family for family, outcomes in FAMILIES.items() for outcome in outcomes}

Fill = Callable[..., None]


def cover_of(practice: PracticePage) -> SafeString:
    """The cover of a practice that was read with its photo and outcomes."""
    outcome_slugs = [outcome.slug for outcome in practice.outcomes.all()]
    photo = practice.photo if practice.photo_id else None
    return cover_for(practice.specific_class.kind, outcome_slugs, practice.slug, photo)


def cover_for(kind: str, outcome_slugs: Iterable[str], slug: str, photo: Photo | None = None) -> SafeString:
    """The practice's photo, if those in it have said yes, or else the cover drawn for it."""
    shown = _photo_cover(photo) if photo and photo.consent else None
    return shown or _drawn_cover(str(kind), tuple(sorted(outcome_slugs)), slug)


@lru_cache(maxsize=4_096)
def _drawn_cover(kind: str, outcome_slugs: tuple[str, ...], slug: str) -> SafeString:
    return render_cover(draw_cover(kind, outcome_slugs, slug))


def _photo_cover(photo: Photo) -> SafeString | None:
    """A photo whose file has gone missing must not take the page down with it."""
    try:
        rendition = photo.get_rendition(PHOTO_FILTER)
    except (OSError, SourceImageIOError, InvalidFilterSpecError):
        return None
    return format_html(
        '<img class="cover" src="{}" alt="{}" width="120" height="160" loading="lazy">',
        rendition.url,
        photo.description,
    )


def draw_cover(kind: str, outcome_slugs: Iterable[str], slug: str) -> str:
    """Return the cover as SVG text. It is decoration: the title beside it says the rest."""
    outcome_slugs = sorted(outcome_slugs)
    chance = sha256(slug.encode()).digest()
    palette = _palette(chance, tuple(outcome_slugs))
    paths = [f'<path fill="{palette.ground}" d="M0 0h120v160H0z"/>']

    def fill(colour: int, path: str, stroke: int = 0) -> None:
        paint = f'fill="none" stroke-width="{stroke}" stroke' if stroke else "fill"
        paths.append(f'<path {paint}="{palette[colour]}" d="{path}"/>')

    FIGURES.get(str(kind), quilt)(chance, fill)
    fill(SECOND, "M0 123h120v37H0z")
    beads = "".join(disc(18 + 14 * place, 142, 4) for place in range(min(len(outcome_slugs), MOST_BEADS)))
    fill(GROUND if palette.marks == palette.second else MARKS, beads)
    opening = '<svg class="cover" viewBox="0 0 120 160" width="120" height="160" aria-hidden="true" focusable="false">'
    return f"{opening}{''.join(paths)}</svg>"


def cover_palette(outcome_slugs: Iterable[str], slug: str) -> Palette:
    """The colours a cover wears, so that a shelf can be chosen that does not look all the same."""
    return _palette(sha256(slug.encode()).digest(), tuple(sorted(outcome_slugs)))


def _palette(chance: bytes, outcome_slugs: tuple[str, ...]) -> Palette:
    """One of the outcomes names the family; the slug says which of its palettes the cover wears."""
    named = outcome_slugs[chance[0] % len(outcome_slugs)] if outcome_slugs else ""
    palettes = PALETTES[FAMILY_OF_OUTCOME.get(named, "change")]
    return palettes[chance[8] % len(palettes)]


def quarter(x: int, y: int, size: int, turn: int) -> str:
    """A quarter disc that fills the square at x, y; its centre is a corner, counted clockwise from the top left."""
    start, arc = (
        (f"M{x} {y}h{size}", f"-{size} {size}"),
        (f"M{x + size} {y}v{size}", f"-{size} -{size}"),
        (f"M{x + size} {y + size}h-{size}", f"{size} -{size}"),
        (f"M{x} {y + size}v-{size}", f"{size} {size}"),
    )[turn]
    return f"{start}a{size} {size} 0 0 1 {arc}z"


def leaf(x: int, y: int, size: int, turn: int) -> str:
    """A leaf from corner to corner of the square at x, y; an even turn falls to the right, an odd one to the left."""
    across, start = (-size, x + size) if turn % 2 else (size, x)
    return f"M{start} {y}a{size} {size} 0 0 1 {across} {size}a{size} {size} 0 0 1 {-across} -{size}z"


def half(x: int, y: int, width: int, up: bool) -> str:
    """Half a disc whose flat side begins at x, y."""
    radius = width // 2
    return f"M{x} {y}h{width}a{radius} {radius} 0 0 {0 if up else 1} -{width} 0z"


def disc(centre_x: int, centre_y: int, radius: int) -> str:
    arc = f"a{radius} {radius} 0 1 1"
    return f"M{centre_x - radius} {centre_y}{arc} {2 * radius} 0{arc} -{2 * radius} 0z"


def two_halves(chance: bytes, fill: Fill) -> None:
    """A Poverty Truth Commission: two worlds slide towards one table."""
    slide = (0, 10, 20)[chance[1] % 3] * (1 if chance[2] % 2 else -1)
    for centre, up, colour, inner in ((60 + slide, True, FIRST, MARKS), (60 - slide, False, SECOND, GROUND)):
        edge = 58 if up else 64
        fill(colour, half(centre - 44, edge, 88, up))
        fill(inner, half(centre - 22, edge if up else edge - 1, 44, up))
    for centre in (16, 104):
        fill(MARKS, disc(centre, 16 if (centre < 60) == (slide < 0) else 104, 6))


def petals(chance: bytes, fill: Fill) -> None:
    """A self-reliant group: petals round a shared pot."""
    round_one = chance[1] % 4
    round_too = (round_one + 2) % 4 if chance[2] % 2 else round_one
    for place, (x, y) in enumerate(((6, 6), (60, 6), (60, 60), (6, 60))):
        is_round = place in {round_one, round_too}
        fill(FIRST + place % 2, quarter(x, y, 54, (place + 2) % 4) if is_round else leaf(x, y, 54, place % 2))
    fill(GROUND, disc(60, 60, 20))
    fill(MARKS, disc(60, 60, 13))


def way(chance: bytes, fill: Fill) -> None:
    """A community connector: a way from one place to another, with company."""
    mirrored = chance[1] % 2
    start, end = (92, 28) if mirrored else (28, 92)
    height = (30, 46, 62)[chance[2] % 3]
    fill(SECOND, half(end - 28, height + 58, 56, True) if chance[3] % 2 else disc(end, height + 44, 14))
    first_bend, side = (0, -1) if mirrored else (1, 1)
    path = (
        f"M{start} 120V{height + 32}a16 16 0 0 {first_bend} {16 * side} -16"
        f"h{32 * side}a16 16 0 0 {1 - first_bend} {16 * side} -16V18"
    )
    fill(FIRST, path, 16)
    fill(MARKS, disc(start, 104, 5) + disc(60, height + 16, 5) + disc(end, 24, 5))
    fill(SECOND, disc(start, height - 8, 14))


def quilt(chance: bytes, fill: Fill) -> None:
    """Any other practice: a quilt of nine or four patches that looks the same upside down."""
    across = 2 if chance[7] % 4 == 0 else 3
    size = SQUARE // across
    patches = {FIRST: "", SECOND: "", MARKS: ""}
    for place in range(across * across // 2):
        x, y, byte = place % across * size, place // across * size, chance[1 + place]
        shape, turn, colour = byte % 4, byte // 4 % 4, FIRST + byte // 16 % 2
        opposite = (SQUARE - size - x, SQUARE - size - y)
        patches[colour] += _patch(shape, x, y, size, turn)
        patches[FIRST + SECOND - colour] += _patch(shape, *opposite, size, (turn + 2) % 4)
    patches[MARKS] = disc(60, 60, 20) if chance[5] % 2 else leaf(40, 40, 40, chance[6])
    for colour, path in patches.items():
        fill(colour, path)


def _patch(shape: int, x: int, y: int, size: int, turn: int) -> str:
    if shape == 3 and size == 40:
        return half(x, y + 20, 40, turn < 2)
    return leaf(x, y, size, turn) if shape % 2 else quarter(x, y, size, turn)


FIGURES: dict[str, Callable[[bytes, Fill], None]] = {
    Kind.POVERTY_TRUTH_COMMISSION: two_halves,
    Kind.SELF_RELIANT_GROUP: petals,
    Kind.COMMUNITY_CONNECTOR: way,
}
