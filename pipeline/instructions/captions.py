"""Captions that say what is seen, from the instance table alone."""

from __future__ import annotations

from collections import Counter

from pipeline.instructions.phrasing import ADJECTIVES, described
from pipeline.instructions.referring import SIDE_MARGIN, SPOKEN_MATERIALS, Facts
from pipeline.instructions.spelling import plural, spoken
from pipeline.labels import Instance

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST = 5
"""Kinds of things that the short caption names."""
MOST_RESTING = 4
"""Sentences of the long one about what lies on what."""
SURFACE_SHARE = 0.04
"""A floor or wall that covers less of the image goes without mention."""
SURFACES = ("floor", "wall", "ceiling", "ground", "road", "pavement", "lawn")


def short_caption(facts: Facts, most: int = MOST) -> str:
    """One sentence naming the things seen well, largest first: "Two red boxes and a blue cone."."""
    groups: Counter[tuple[str, str]] = Counter()
    areas: Counter[tuple[str, str]] = Counter()
    for row in facts.table:
        if row.thing and facts.seen_well(row):
            key = (row.category, row.attributes.get("color", ""))
            groups[key] += 1
            areas[key] += row.pixels
    phrases = []
    for key in sorted(groups, key=lambda k: (-areas[k], k[0], k[1]))[:most]:
        category, color = key
        count = groups[key]
        if count == 1:
            phrases.append(_with_article(described(spoken(category), category, color)))
        else:
            several = described(plural(category), category, color)
            phrases.append(f"{NUMBERS[count] if count < len(NUMBERS) else count} {several}")
    return _sentence(_list(phrases)) if phrases else "An empty scene."


def long_caption(facts: Facts) -> str:
    """Several sentences: all things seen well, what lies on what, what is at either side and nearest, floor and walls."""
    well = [row for row in facts.table if row.thing and facts.seen_well(row)]
    said = [short_caption(facts, most=len(well))]
    by_name = {row.name: row for row in well}
    resting = [row for row in sorted(well, key=lambda row: -row.pixels) if row.support in by_name]
    for row in resting[:MOST_RESTING]:
        under = by_name[row.support or ""]
        said.append(_sentence(f"{_with_article(_full(row))} is on {_with_article(_noun(under))}"))
    if len(well) > 1:
        ordered = sorted(well, key=lambda row: row.centroid[0])
        if ordered[-1].centroid[0] - ordered[0].centroid[0] > 4 * SIDE_MARGIN * facts.width:
            left, right = _with_article(_noun(ordered[0])), _with_article(_noun(ordered[-1]))
            said.append(_sentence(f"{left} is farthest to the left and {right} farthest to the right"))
        nearest = min(well, key=lambda row: row.depth_m)
        said.append(_sentence(f"{_with_article(_full(nearest))} is nearest to the camera"))
    said += _surfaces(facts)
    return " ".join(said)


def _surfaces(facts: Facts) -> list[str]:
    """A sentence for each surface of the building that is much in view, when all of its parts look alike."""
    sentences = []
    for category in SURFACES:
        rows = [row for row in facts.table if row.category == category and not row.thing]
        looks = {(row.attributes.get("color"), row.attributes.get("material")) for row in rows}
        share = sum(row.pixels for row in rows) / (facts.width * facts.height)
        look = " ".join(word for word in looks.pop() if word) if len(looks) == 1 else ""
        if look and share >= SURFACE_SHARE:
            noun, verb = (plural(category), "are") if len(rows) > 1 else (category, "is")
            sentences.append(f"The {noun} {verb} {look}.")
    return sentences


def _noun(row: Instance) -> str:
    return described(spoken(row.category), row.category, row.attributes.get("color"))


def _full(row: Instance) -> str:
    material = row.attributes.get("material", "")
    adjective = ADJECTIVES.get(material, material) if material in SPOKEN_MATERIALS else None
    return described(spoken(row.category), row.category, row.attributes.get("color"), adjective)


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _list(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
