"""Does learning to make pictures help learning to see?

    python benchmarks/pretraining.py --output output/benchmarks/pretraining [--pretrain-steps 800] [--steps 200 400 800]

Trains `tiny` to paint the demo corpus's pictures from their captions alone, then tunes it on the five perception tasks
(`weights` in the preset), against the same number of tuning steps from scratch: the same examples, noise, schedule and
seed; its vocabulary has the captions' words, too. And against as many steps from scratch as pretraining and tuning took
together, because steps cost the same whatever they teach. Each number of --steps is a run of its own with a whole schedule.

Prints the scores on the test split, and the training loss along the longest runs (their examples are the same step for
step), and draws both to --output/pretraining.png. Whichever wins.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from solids import HEADLINES, arguments, corpus, generation_loss, scores, table, trained

from pipeline.evaluate.summary import SCORES
from pipeline.finetune import load_train_config

ARMS = ("pretrained", "scratch", "scratch, same total")
COLORS = {"pretrained": "tab:green", "scratch": "tab:gray", "scratch, same total": "tab:purple"}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--pretrain-steps", type=int, default=800)
    parser.add_argument("--steps", type=int, nargs="+", default=[200, 400, 800])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    data = corpus(options.data, options.views)

    def run(name: str, steps: int, *changes: str) -> Path:
        preset = load_train_config("tiny", [f"steps={steps}", f"seed={options.seed}", *changes, *options.set])
        return trained(options.output / f"seed-{options.seed}" / name, data, preset)

    first = options.pretrain_steps
    pictures = ["mixture.vision=0", "mixture.captions=1", "objective.weighting=even"]
    generator = run(f"generator-{first}", first, *pictures)
    kept = generation_loss(generator, data, options.limit)
    models = {}
    for steps in options.steps:
        models["pretrained", steps] = run(f"pretrained-{first}-{steps}", steps, f"weights={generator.resolve()}")
        models["scratch", steps] = run(f"scratch-{steps}", steps)
        models["scratch, same total", steps] = run(f"scratch-{first + steps}", first + steps)
    found = {key: scores(model, data, options.limit) for key, model in models.items()}
    rows = []
    for steps in options.steps:
        rows += [
            [f"{steps} tuning steps, {arm}", *(f"{found[arm, steps][name]['model']:.3f}" for name in HEADLINES)]
            for arm in ARMS
        ]
    constant = next(iter(found.values()))
    rows.append(["constant predictor", *(f"{constant[name]['constant']:.3f}" for name in HEADLINES)])
    print(f"\n{first} steps of captions first, to a held-out loss of {kept:.4f}; seed {options.seed}; test split")
    table(["run", *HEADLINES], rows)
    for steps in options.steps:
        for other in ARMS[1:]:
            ours, theirs = (found[arm, steps] for arm in ("pretrained", other))
            wins = [name for name in HEADLINES if _better(name, ours[name]["model"], theirs[name]["model"])]
            print(
                f"{steps} tuning steps: pretrained is better than {other} in {len(wins)} of 5: {', '.join(wins) or '-'}"
            )
    longest = max(options.steps)
    curves = {arm: _losses(models[arm, longest]) for arm in ARMS[:2]}
    parts = min(10, longest)
    print(f"\ntraining loss, means over {parts} parts of {longest} steps")
    table(
        ["run", *(f"{100 * (i + 1) // parts} %" for i in range(parts))],
        [[arm, *(f"{part.mean():.4f}" for part in np.array_split(curve, parts))] for arm, curve in curves.items()],
    )
    _draw(options.output / "pretraining.png", options.steps, found, curves)


def _better(name: str, ours: float, theirs: float) -> bool:
    return ours > theirs if SCORES[name].higher_is_better else ours < theirs


def _losses(model: Path) -> np.ndarray:
    lines = (model / "train_log.jsonl").read_text().splitlines()
    return np.array([json.loads(line)["loss"] for line in lines])


def _draw(path: Path, budgets: list[int], found: dict, curves: dict[str, np.ndarray]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 3, figsize=(13, 7.5), layout="constrained")
    for axis, name in zip(axes.flat, HEADLINES):
        for arm in ARMS:
            values = [found[arm, steps][name]["model"] for steps in budgets]
            axis.plot(budgets, values, "o-", label=arm, color=COLORS[arm])
        axis.axhline(next(iter(found.values()))[name]["constant"], ls=":", color="black", label="constant")
        score = SCORES[name]
        axis.set(title=f"{score.task}: {score.title}, {'up' if score.higher_is_better else 'down'} is better")
        axis.set_xlabel("tuning steps")
    last = axes.flat[5]
    for arm, curve in curves.items():
        width = max(1, len(curve) // 40)
        smooth = np.convolve(curve, np.ones(width) / width, "valid")
        last.plot(np.arange(len(smooth)) + width / 2, smooth, label=arm, color=COLORS[arm])
    last.set(title="training loss, same examples", xlabel="step", yscale="log")
    lines, names = axes.flat[0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper center", ncols=len(names))
    figure.savefig(path, dpi=110)
    print(path)


if __name__ == "__main__":
    main()
