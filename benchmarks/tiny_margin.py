"""By what margin does `tiny` beat the constant predictor, and what does the generator's own data cost it?

    python benchmarks/tiny_margin.py --output output/benchmarks/margin [--minutes 10] [--seeds 0 1 2] [--mixture both]

Trains `tiny` from scratch on the demo's corpus (1,000 views, 900 of them to train on), once a seed, for so many minutes of
the clock, and scores it on the 80 test views beside the constant predictor. --mixture off: perception tasks alone; on: with
captions to paint pictures from at a low ratio (--captions, relative to 1 for the perception tasks: a model from scratch
has no generation to keep, so the ratio is low the other way round); both: one after the other.

Prints every score of every run, and its loss on making held-out pictures from their captions; then, for the worst seed,
the margin as a share of the constant's value. Runs that are finished are not repeated, and one that was stopped goes on:
`--seeds 1` does one at a time.
"""

from __future__ import annotations

from solids import HEADLINES, arguments, corpus, generation_loss, margin, scores, steps_of, table, trained

from pipeline.evaluate.summary import SCORES
from pipeline.finetune import load_train_config


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--mixture", choices=["off", "on", "both"], default="both")
    parser.add_argument("--captions", type=float, default=0.1, help="weight of captions beside 1 for perception")
    options = parser.parse_args()
    data = corpus(options.data, options.views)
    for mixed in [False, True] if options.mixture == "both" else [options.mixture == "on"]:
        weight = options.captions if mixed else 0.0
        title = f"with captions at {weight:g} to 1" if mixed else "perception alone"
        found, generation = {}, {}
        for seed in options.seeds:
            changes = [f"minutes={options.minutes}", f"seed={seed}", f"mixture.captions={weight}", *options.set]
            name = f"minutes-{options.minutes:g}-captions-{weight:g}-seed-{seed}"
            model = trained(options.output / name, data, load_train_config("tiny", changes))
            label = f"seed {seed} ({steps_of(model)} steps)"
            found[label] = scores(model, data, options.limit)
            generation[label] = generation_loss(model, data, options.limit)
        show(title, found, generation)


def show(title: str, found: dict[str, dict], generation: dict[str, float]) -> None:
    """found: the scores of every seed's report; generation: its loss on held-out captions."""
    first = next(iter(found.values()))
    print(f"\n== {title}")
    rows = []
    for name, score in SCORES.items():
        values = [report[name]["model"] for report in found.values()]
        constant = first[name]["constant"]
        worst = min(margin(name, value, constant) for value in values)
        way = "up" if score.higher_is_better else "down"
        star = "*" if name in HEADLINES else ""
        rows.append(
            [
                f"{score.task} {score.title}{star} ({way})",
                f"{constant:.3f}",
                *(f"{v:.3f}" for v in values),
                f"{worst:+.0%}",
            ]
        )
    rows.append(["generate held-out loss (down)", "", *(f"{loss:.3f}" for loss in generation.values()), ""])
    table(["score (better is)", "constant", *found, "worst margin"], rows)
    worst = {
        name: min(margin(name, r[name]["model"], r[name]["constant"]) for r in found.values()) for name in HEADLINES
    }
    beaten = sum(value > 0 for value in worst.values())
    least = min(worst, key=worst.__getitem__)
    print(
        f"{title}: beats the constant on {beaten} of 5 tasks (*) with every seed; the smallest margin is {worst[least]:+.0%}, "
        f"of {least}"
    )


if __name__ == "__main__":
    main()
