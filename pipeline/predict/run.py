"""Photos in, files out: the work of `plantain predict`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import ConfigError, PlantainError
from pipeline.files import check_suffix, save_array, save_bytes
from pipeline.finetune import bases
from pipeline.predict.ask import Answer, Question, ask
from pipeline.predict.cloud import cloud, comments, field_of_view, ply
from pipeline.predict.photo import Photo, find_photos, read_photo
from pipeline.predict.view import view
from pipeline.shards.sample import encode_image

BESIDE = (".npy", ".view.png", ".ply")
"""What may lie beside a painting."""


def predict(
    model_dir: Path,
    images: list[Path],
    asked: Question,
    output: Path,
    steps: int | None = None,
    seed: int = 0,
    fov_deg: float | None = None,
    say: Callable[[str], None] = print,
    complain: Callable[[str], None] = print,
    weights: str | None = None,
) -> None:
    """Ask a tuned model about photos, and write what `save_answer` does for each.

    One photo: output is a PNG. Several, or a folder: output is a folder, and a photo that cannot be read is one line to
    `complain` while the others go on. weights: as for `bases.load`. Raises ConfigError for bad input, before the model is
    loaded; PlantainError at the end when photos of several have failed.
    """
    alone = len(images) == 1 and not images[0].is_dir()
    if alone:
        check_suffix(output, ".png")
    work = _one(images[0], output) if alone else _many(images, output)
    bases.check_needs(model_dir, bases.read_card(model_dir), weights)
    model: bases.Base | None = None
    failed = 0
    for path, painting in work.items():
        try:
            photo = read_photo(path)
        except ConfigError as error:
            if alone:
                raise
            complain(str(error))
            failed += 1
            continue
        model = model or bases.load(model_dir, weights=weights)
        answer = ask(model, photo.rgb, asked, steps, seed)
        for line in save_answer(answer, photo, painting, fov_deg):
            say(line)
    if failed:
        others = f"; the others are in {output}" if failed < len(work) else ""
        raise PlantainError(f"{failed} of {len(work)} photos failed{others}")


def save_answer(answer: Answer, photo: Photo, painting: Path, fov_deg: float | None = None) -> list[str]:
    """Write the painting at the photo's size and, where a task is known, beside it .npy (what was read), .view.png (for
    people) and for depth .ply (points). Returns lines that say so. Raises ConfigError when a file cannot be written."""
    height, width = photo.rgb.shape[:2]
    save_bytes(painting, encode_image(answer.painted(height, width)))
    if answer.array is None:
        return [f"{painting}: painted"]
    array_file, view_file, cloud_file = (painting.with_suffix(suffix) for suffix in BESIDE)
    array = answer.read(height, width)
    save_array(array_file, array)
    save_bytes(view_file, encode_image(view(answer, photo.rgb)))
    lines = [f"{painting}: painted; {array_file}: {array.dtype} {list(array.shape)}; {view_file}"]
    if answer.task == "depth":
        fov = field_of_view(photo, fov_deg)
        points, colors = cloud(answer, photo, fov)
        save_bytes(cloud_file, ply(points, colors, comments(fov)))
        lines.append(f"{cloud_file}: {len(points)} points; field of view {fov.degrees:.1f} degrees, {fov.source}")
    return lines + [f"  {number}: {name}" for number, name in enumerate(answer.names, start=1)]


def _one(photo: Path, painting: Path) -> dict[Path, Path]:
    _check_apart({photo: painting})
    return {photo: painting}


def _many(images: list[Path], output: Path) -> dict[Path, Path]:
    """Photo -> painting, named after it; with the photo's suffix where two would have one name."""
    if output.is_file() or output.suffix.lower() == ".png":
        raise ConfigError(f"--output {output}: for several photos or a folder, name a folder")
    for image in images:
        if image.is_dir() and image.resolve() == output.resolve():
            raise ConfigError(f"--output {output}: holds the photos; name another folder")
    photos = list(dict.fromkeys(find_photos(images)))
    stems = Counter(photo.stem for photo in photos)
    work = {photo: output / f"{photo.stem if stems[photo.stem] == 1 else photo.name}.png" for photo in photos}
    _check_apart(work)
    return work


def _check_apart(work: dict[Path, Path]) -> None:
    """Raise ConfigError when a photo would be overwritten, or one photo's files by another's."""
    photos = {photo.resolve(): photo for photo in work}
    owners: dict[Path, Path] = {}
    for photo, painting in work.items():
        for file in (painting, *(painting.with_suffix(suffix) for suffix in BESIDE)):
            if file.resolve() in photos:
                raise ConfigError(f"--output {painting}: would overwrite the photo {file}; name another")
            if owners.setdefault(file, photo) != photo:
                raise ConfigError(f"--image {photo}: would be written to {file}, as {owners[file]} is; rename one")
