"""Captions that say what is seen, from the instance table alone.

What they speak of is seen well. How many there are, and which is nearest or at either side, they say only where that holds
among all that is noticed.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.instructions.phrasing import ADJECTIVES, described
from pipeline.instructions.referring import (
    SIDE_MARGIN,
    SPOKEN_MATERIALS,
    Expression,
    Facts,
    described_by,
    in_order,
    look,
)
from pipeline.instructions.spelling import plural, spoken
from pipeline.labels import Instance

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST = 5
"""Kinds of things that the short caption names."""
MOST_RESTING = 4
"""Sentences of the long one about what lies on what."""
SURFACE_SHARE = 0.04
"""A floor or wall that covers less of the image goes without mention."""
YOU = ("uni", "use", "uti", "eu")
"""How words begin that are spelled with a vowel and spoken with none."""
SURFACES = ("floor", "wall", "ceiling", "ground", "road", "pavement", "lawn")


def short_caption(facts: Facts, most: int = MOST) -> str:
    """One sentence naming the things seen well, largest first: "Two red boxes and a blue cone."."""
    groups: dict[tuple[str, str], list[Instance]] = {}
    noticed = [row for row in facts.table if row.thing and facts.noticed(row)]
    for row in facts.table:
        if row.thing and facts.seen_well(row):
            groups.setdefault((row.category, look(row, "color")), []).append(row)
    ranked = sorted(groups, key=lambda key: (-sum(row.pixels for row in groups[key]), key))[:most]
    told = {row.id for key in ranked for row in groups[key]}
    untold = [row for row in noticed if row.id not in told]
    phrases = []
    for category, color in ranked:
        count = len(groups[category, color])
        several = described(plural(category), category, color)
        said = Expression(category, color or None)
        if count == 1:
            phrases.append(with_article(described(spoken(category), category, color)))
        elif category in facts.parts or any(described_by(said, row) is not False for row in untold):
            phrases.append(several)
        else:
            phrases.append(f"{NUMBERS[count] if count < len(NUMBERS) else count} {several}")
    return _sentence(_list(phrases)) if phrases else "A scene." if noticed else "An empty scene."


def long_caption(facts: Facts) -> str:
    """Several sentences: all things seen well, what lies on what, what is at either side and nearest, floor and walls."""
    well = [row for row in facts.table if row.thing and facts.seen_well(row)]
    said = [short_caption(facts, most=len(well))]
    by_name = {row.name: row for row in well}
    resting: dict[tuple[str, str], list[Instance]] = {}
    for row in sorted(well, key=lambda row: -row.pixels):
        if row.support and row.support in by_name:
            resting.setdefault((_full(row), row.support), []).append(row)
    # Boxes on boxes are said once, not one by one.
    told = dict.fromkeys(_resting(rows, by_name[under]) for (_, under), rows in resting.items())
    said += list(told)[:MOST_RESTING]
    if len(well) > 1:
        left, right, nearest = (_extreme(axis, facts) for axis in ("left", "right", "near"))
        if left and right and right.centroid[0] - left.centroid[0] > 4 * SIDE_MARGIN * facts.width:
            at_left, at_right = with_article(_noun(left)), with_article(_noun(right))
            said.append(_sentence(f"{at_left} is farthest to the left and {at_right} farthest to the right"))
        if nearest:
            said.append(_sentence(f"{with_article(_full(nearest))} is nearest to the camera"))
    said += _surfaces(facts)
    return " ".join(said)


def _resting(rows: Sequence[Instance], under: Instance) -> str:
    """That `rows`, which look alike, lie on `under`."""
    place = with_article(_noun(under))
    if len(rows) == 1:
        return _sentence(f"{with_article(_full(rows[0]))} is on {place}")
    return _sentence(f"{_full(rows[0], several=True)} are on {place}")


def _extreme(axis: str, facts: Facts) -> Instance | None:
    """The first on an axis of all that is noticed, if that is clear and it is seen well."""
    noticed = [row for row in facts.table if row.thing and facts.noticed(row)]
    return next((row for row in in_order(noticed, axis, 1, facts) if facts.seen_well(row)), None)


def _surfaces(facts: Facts) -> list[str]:
    """A sentence for each surface of the building that is much in view, when all of its parts look alike.

    A house has walls, too, of which nothing is known.
    """
    sentences = []
    for category in SURFACES:
        rows = [row for row in facts.table if row.category == category and not row.thing]
        looks = {(row.attributes.get("color"), row.attributes.get("material")) for row in rows}
        share = sum(row.pixels for row in rows) / (facts.width * facts.height)
        look = " ".join(word for word in looks.pop() if word) if len(looks) == 1 else ""
        if look and share >= SURFACE_SHARE and category not in facts.parts:
            noun, verb = (plural(category), "are") if len(rows) > 1 else (category, "is")
            sentences.append(f"The {noun} {verb} {look}.")
    return sentences


def _noun(row: Instance) -> str:
    return described(spoken(row.category), row.category, look(row, "color"))


def _full(row: Instance, several: bool = False) -> str:
    noun = plural(row.category) if several else spoken(row.category)
    material = look(row, "material")
    adjective = ADJECTIVES.get(material, material) if material in SPOKEN_MATERIALS else None
    return described(noun, row.category, look(row, "color"), adjective)


def with_article(noun: str) -> str:
    """`noun` after "a" or "an": as it sounds, not as it is spelled."""
    return f"{'an' if noun[0] in 'aeiou' and not noun.startswith(YOU) else 'a'} {noun}"


def _list(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
