"""Captions that say what is seen, from the instance table alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.config import ViewRules
from pipeline.instructions.referring import seen_well
from pipeline.instructions.spelling import plural, spoken
from pipeline.labels import Instance

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def caption(table: Sequence[Instance], rules: ViewRules, width: int, height: int, most: int = 5) -> str:
    """One sentence naming the things seen well, largest first: "Two red boxes and a blue cone."."""
    groups: dict[tuple[str, str | None], int] = Counter()
    areas: dict[tuple[str, str | None], int] = Counter()
    for row in table:
        if row.thing and seen_well(row, rules, width, height):
            key = (row.category, row.attributes.get("color"))
            groups[key] += 1
            areas[key] += row.pixels
    phrases = []
    for key in sorted(groups, key=lambda k: (-areas[k], k[0], k[1] or ""))[:most]:
        category, color = key
        count = groups[key]
        noun = f"{color} " if color else ""
        if count == 1:
            noun += spoken(category)
            phrases.append(f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}")
        else:
            phrases.append(f"{NUMBERS[count] if count < len(NUMBERS) else count} {noun}{plural(category)}")
    if not phrases:
        return "An empty scene."
    text = phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    return f"{text[0].upper()}{text[1:]}."
