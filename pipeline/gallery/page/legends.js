// What each task's colours mean: the legend beside a target, and the words for one of its pixels.

const TASKS = ["depth", "normal", "semantic", "instance", "referring"];
const TITLES = { depth: "Depth", normal: "Normals", semantic: "Classes", instance: "Instances", referring: "Referring" };

// {text, detail} of a target's colour, decoded from that colour alone.
const READERS = {
  depth: (rgb, { codecs }) => ({ text: inMetres(decodeDepth(rgb, codecs.depth)) }),
  normal(rgb, { codecs }) {
    const vector = decodeNormal(rgb, codecs.normal);
    return { text: vector ? vector.map(signed).join(" ") : "no surface" };
  },
  semantic: (rgb, { codecs }) => ({ text: words(decodeEntry(rgb, codecs.semantic.palette).class) }),
  instance(rgb, { codecs, categories }) {
    const { background, colors } = codecs.instance;
    const { id } = decodeEntry(rgb, [{ id: 0, color: background }, ...colors]);
    return { text: id ? `#${id} ${words(categories[id])}` : "background" };
  },
  referring(rgb, { codecs }) {
    const { background, referents } = codecs.referring;
    return { text: decodeEntry(rgb, [{ text: "background", color: background }, ...referents]).text };
  },
};

// A true minus, and no minus before zero.
function signed(value) {
  const text = Math.abs(value).toFixed(2);
  return (value < 0 && Number(text) ? "\u2212" : "+") + text;
}

const LEGENDS = {
  depth: (view) => depthScale(view.codecs.depth),
  normal: (view) => normalBall(view.codecs.normal.convention),
  semantic: ({ codecs }) => chips(codecs.semantic.palette.map((entry) => [entry.color, words(entry.class)])),
  instance({ codecs, categories }) {
    const { background, colors } = codecs.instance;
    return chips([...colors.map(({ id, color }) => [color, `#${id} ${words(categories[id])}`]), [background, "background"]]);
  },
  referring({ codecs }) {
    const { background, referents } = codecs.referring;
    return chips([...referents.map(({ text, color }) => [color, text]), [background, "background"]]);
  },
};

function chips(entries) {
  return make("ul", { class: "chips" }, ...entries.map(([color, text]) => make("li", {}, swatch(color), text)));
}

const swatch = (color) => make("i", { class: "swatch", style: { background: css(color) } });

// The path of colours from the camera to infinity, with metres where they are painted.
function depthScale(codec) {
  const { steps } = depthPath(codec.colormap);
  const bar = make("canvas", { width: steps.length, height: 1 });
  const context = bar.getContext("2d");
  const row = context.createImageData(steps.length, 1);
  steps.forEach((rgb, i) => row.data.set([...rgb, 255], 4 * i));
  context.putImageData(row, 0, 0);
  // Spaced by eye: a metre that would touch the one before is left out.
  const ticks = [0];
  for (const metres of [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]) {
    const place = depthPosition(metres, codec);
    if (place - depthPosition(ticks.at(-1), codec) > 0.085 && place < 0.93) ticks.push(metres);
  }
  const marks = [...ticks, Infinity].map((metres) =>
    make("span", { style: { left: `${100 * depthPosition(metres, codec)}%` } }, metres === Infinity ? "\u221e" : String(metres)));
  const needle = make("b", { class: "needle" });
  const legend = make("div", {},
    make("div", { class: "scale" }, bar, needle, make("div", { class: "marks" }, ...marks)),
    make("p", { class: "small" }, `metres, colormap ${codec.colormap}, scale c = ${Number(codec.c.toPrecision(3))}`));
  legend.follow = (rgb) => needle.style.setProperty("left", `${100 * depthPosition(decodeDepth(rgb, codec), codec)}%`);
  return legend;
}

// A ball lit by its own normals: where on it a colour lies is where the surface faces.
function normalBall(convention) {
  const size = 96;
  const ball = make("canvas", { width: size, height: size });
  const context = ball.getContext("2d");
  const image = context.createImageData(size, size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [nx, ny] = [(x + 0.5) / (size / 2) - 1, 1 - (y + 0.5) / (size / 2)];
      const left = 1 - nx * nx - ny * ny;
      if (left >= 0) image.data.set([...normalColor([nx, ny, Math.sqrt(left)], convention), 255], 4 * (y * size + x));
    }
  }
  context.putImageData(image, 0, 0);
  const needle = make("b", { class: "needle" });
  const note = make("p", { class: "small" }, `convention ${convention}; numbers are x right, y up, z towards the viewer`);
  const legend = make("div", { class: "beside" }, make("div", { class: "ball" }, ball, needle), note);
  legend.follow = (rgb) => {
    const vector = decodeNormal(rgb, { convention });
    needle.hidden = !vector;
    if (vector) filled(needle, { style: { left: `${50 + 50 * vector[0]}%`, top: `${50 - 50 * vector[1]}%` } }, []);
  };
  return legend;
}
