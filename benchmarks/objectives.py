"""What the options of the objective do to the scores.

    python benchmarks/objectives.py --output output/benchmarks/objectives [--steps 800] [--seed 0]

Trains `tiny` for the same steps on the same examples of the demo's corpus with each pair of objective.method (flow,
single_step) and objective.weighting (even, contrast), once more with objective.pixel_weight, and scores each on the test
split. A model of the flow paints in 1, 2, 4 and 8 steps; one trained for a single step paints in that one.

`tiny` has no autoencoder: here pixel_weight adds the absolute error of its pixels, weighted by the noise level, to their
squared one. What it is made for, what a lossy autoencoder makes of a painting, `plantain roundtrip` shows.
"""

from __future__ import annotations

from solids import arguments, corpus, scores, table, trained

from pipeline.evaluate.summary import SCORES
from pipeline.finetune import load_train_config

PAINTING = (1, 2, 4, 8)
PIXELS = 1.0
VARIANTS = [(method, weighting, 0.0) for method in ("flow", "single_step") for weighting in ("even", "contrast")]
VARIANTS += [("flow", "contrast", PIXELS)]
"""objective.method, .weighting and .pixel_weight."""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    data = corpus(options.data, options.views)
    found: dict[str, dict] = {}
    for method, weighting, pixels in VARIANTS:
        changes = [f"objective.method={method}", f"objective.weighting={weighting}", f"objective.pixel_weight={pixels}"]
        budget = [f"steps={options.steps}", f"seed={options.seed}"]
        preset = load_train_config("tiny", [*budget, *changes, *options.set])
        parts = [method, weighting, *([f"pixels {pixels:g}"] if pixels else [])]
        folder = "-".join(parts).replace(" ", "-")
        model = trained(options.output / f"{folder}-{options.steps}-seed-{options.seed}", data, preset)
        for painting in PAINTING if method == "flow" else PAINTING[:1]:
            found[f"{', '.join(parts)}, painted in {painting}"] = scores(model, data, options.limit, painting)
    constant = {name: value["constant"] for name, value in next(iter(found.values())).items()}
    rows = [[name, *(f"{report[score]['model']:.3f}" for score in SCORES)] for name, report in found.items()]
    print(f"\n{options.steps} steps, seed {options.seed}, test split")
    table(["objective", *SCORES], [*rows, ["constant predictor", *(f"{constant[score]:.3f}" for score in SCORES)]])
    for score, about in SCORES.items():
        values = {name: report[score]["model"] for name, report in found.items()}
        best = (max if about.higher_is_better else min)(values, key=values.__getitem__)
        print(f"best {score}: {best} ({values[best]:.3f})")


if __name__ == "__main__":
    main()
