"""What every schema is built from: strict models, ranges, fractions, lists that may be written as one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Strict(BaseModel):
    """Base of every schema: unknown keys are errors, values are frozen.

    Under each field stands what it means, in the words of docs/recipes.md, which is made of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def as_pair(value: Any) -> Any:
    """One number stands for a range that holds just it."""
    return (value, value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def ordered(pair: tuple[float, float]) -> tuple[float, float]:
    """The pair as it is. Raises ValueError when it runs downwards."""
    if pair[0] > pair[1]:
        raise ValueError(f"range runs from {pair[0]} down to {pair[1]}; write the smaller number first")
    return pair


def as_list(value: Any) -> Any:
    """One entry stands for a list of it."""
    return value if isinstance(value, (list, tuple)) else [value]


@dataclass(frozen=True)
class Within:
    """Called with a range, gives it back. Raises ValueError unless both ends lie within `low` to `high`."""

    low: float
    high: float
    unit: str = ""

    def __call__(self, pair: tuple[float, float]) -> tuple[float, float]:
        if pair[0] < self.low or pair[1] > self.high:
            raise ValueError(f"must lie within {self.low:g} to {self.high:g}{self.unit}")
        return pair


def within(low: float, high: float, unit: str = "") -> AfterValidator:
    """A check that both ends of a range lie within `low` to `high`."""
    return AfterValidator(Within(low, high, unit))


NAME = r"^[a-z][a-z0-9_]*$"
"""What a recipe may be called, as a regular expression."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Range = Annotated[tuple[Positive, Positive], BeforeValidator(as_pair), AfterValidator(ordered)]
"""Positive [low, high], drawn uniformly; a single number means exactly that number."""
CountRange = Annotated[
    tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], BeforeValidator(as_pair), AfterValidator(ordered)
]
AnyRange = Annotated[
    tuple[Annotated[float, Field(allow_inf_nan=False)], Annotated[float, Field(allow_inf_nan=False)]],
    BeforeValidator(as_pair),
    AfterValidator(ordered),
]
Fraction = Annotated[float, Field(ge=0, le=1)]
FieldOfView = Annotated[
    tuple[Annotated[float, Field(ge=5, le=140)], Annotated[float, Field(ge=5, le=140)]],
    BeforeValidator(as_pair),
    AfterValidator(ordered),
]

ColorName = Literal[
    "red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "beige", "white", "gray",
    "black",
]  # fmt: skip
