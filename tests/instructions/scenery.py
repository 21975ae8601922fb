"""Views drawn by hand: rectangles of known place, depth and size, and the label maps that go with them."""

import numpy as np

from pipeline.config import ViewRules
from pipeline.instructions.referring import Facts
from pipeline.labels import Instance

RULES = ViewRules()
WIDTH, HEIGHT = 200, 100


def thing(number, category="box", color="red", x=50, width=20, depth_m=2.0, **changes):
    """A rectangle of `width` x 20 pixels centred on column `x`."""
    box = (x - width // 2, 40, x + width // 2, 60)
    values = {
        "id": number,
        "name": f"{category}_{number}",
        "category": category,
        "thing": True,
        "support": "ground_9",
        "attributes": {"color": color, "material": "plastic"},
        "box": box,
        "pixels": width * 20,
        "visible_fraction": 1.0,
        "centroid": ((box[0] + box[2] - 1) / 2, 49.5),
        "depth_m": depth_m,
        "size_m": (0.5, 0.5, 0.5),
    }
    return Instance(**(values | changes))


def ground():
    return thing(9, "ground", "gray", thing=False, support=None, pixels=4000)


def facts(*rows):
    return Facts(rows, RULES, WIDTH, HEIGHT)


def maps(*rows):
    """(instance, depth) maps of rectangles that do not overlap, on the ground where it is among them."""
    instance = np.zeros((HEIGHT, WIDTH), np.uint16)
    depth = np.full((HEIGHT, WIDTH), 5.0, np.float32)
    for row in sorted(rows, key=lambda row: row.thing):
        if not row.thing:
            instance[70:] = row.id
            continue
        x0, y0, x1, y1 = row.box
        instance[y0:y1, x0:x1] = row.id
        depth[y0:y1, x0:x1] = row.depth_m
    return instance, depth
