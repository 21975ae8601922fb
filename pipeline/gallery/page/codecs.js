// Colours of targets -> what they mean: a port of pipeline/codecs/, to the same bits as far as 64-bit numbers go.

const CORNERS = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1], [1, 1, 1]];
const EDGE = 255;
const BETWEEN = 16; // steps between two of a colormap's 256 entries

// Sign of x, y and z in the red, green and blue channel.
const CONVENTIONS = {
  vision_banana: [-1, 1, 1],
  dsine: [-1, 1, 1],
  opengl: [1, 1, 1],
  opencv: [1, -1, -1],
};
const SHORTEST = 0.5;

// NumPy's rint: halves go to the even neighbour.
function roundEven(value) {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 ? low + 1 : low;
}

const squared = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;

// Number of the nearest of `colors`, the first of two equally near.
function nearest(rgb, colors) {
  let best = 0;
  for (let i = 1; i < colors.length; i++) if (squared(rgb, colors[i]) < squared(rgb, colors[best])) best = i;
  return best;
}

function hilbertSteps() {
  const steps = [];
  for (let step = 0; step <= 7 * EDGE; step++) {
    const edge = Math.min(Math.floor(step / EDGE), 6);
    const along = step - EDGE * edge;
    steps.push(CORNERS[edge].map((from, i) => from * (EDGE - along) + CORNERS[edge + 1][i] * along));
  }
  return steps;
}

function colormapTable(name) {
  if (name === "grayscale") return Array.from({ length: 256 }, (_, i) => [i, i, i]);
  const text = document.getElementById("colormaps").textContent;
  const digits = text.slice(text.indexOf(`\n${name}\n`) + name.length + 2).replaceAll("\n", "");
  return Array.from({ length: 256 }, (_, i) => [0, 2, 4].map((at) => parseInt(digits.substr(6 * i + at, 2), 16)));
}

function colormapSteps(name) {
  const table = colormapTable(name);
  return Array.from({ length: 255 * BETWEEN + 1 }, (_, step) => {
    const entry = Math.min(Math.floor(step / BETWEEN), 254);
    const share = step / BETWEEN - entry;
    return table[entry].map((from, i) => roundEven(from + (table[entry + 1][i] - from) * share));
  });
}

// A path of colours: `steps` are the colours of equal steps of f from 0 to 1, `colors` the distinct ones in order and
// `positions` the f in the middle of each, 0 and 1 at the ends.
const depthPath = remembered((name) => {
  const steps = name === "hilbert" ? hilbertSteps() : colormapSteps(name);
  const first = steps.map((_, i) => i).filter((i) => !i || squared(steps[i], steps[i - 1]));
  const colors = first.map((i) => steps[i]);
  const last = [...first.slice(1), steps.length].map((next) => next - 1);
  const positions = first.map((step, i) => (step + last[i]) / 2 / (steps.length - 1));
  positions[0] = 0;
  positions[positions.length - 1] = 1;
  return { steps, colors, positions, lastFinite: first.at(-1) - 1 };
});

// Metres of a depth target's colour; Infinity where it shows no surface.
function decodeDepth(rgb, { colormap, lambda, c }) {
  const { colors, positions } = depthPath(colormap);
  return lambda * c * (1 - (1 - positions[nearest(rgb, colors)]) ** (1 / (lambda + 1)));
}

// The position in [0, 1] on the path at which `metres` are painted.
function depthPosition(metres, { lambda, c }) {
  return metres === Infinity ? 1 : 1 - (1 - metres / (lambda * c)) ** (lambda + 1);
}

// No surface is painted in the last colour, which is that of Infinity.
function depthColor(metres, codec) {
  const { steps, lastFinite } = depthPath(codec.colormap);
  const step = roundEven(depthPosition(metres, codec) * (steps.length - 1));
  return steps[metres === Infinity ? step : Math.min(step, lastFinite)];
}

// Unit vector [x, y, z] of a normal target's colour; null where it is too grey to be a normal.
function decodeNormal(rgb, { convention }) {
  const vector = CONVENTIONS[convention].map((sign, i) => sign * (rgb[i] / 127.5 - 1));
  const length = Math.hypot(...vector);
  return length < SHORTEST ? null : vector.map((value) => value / length);
}

function normalColor(vector, convention) {
  return CONVENTIONS[convention].map((sign, i) => roundEven((vector[i] * sign + 1) * 127.5));
}

// The entry of a palette [{color, ...}] that is nearest to a colour.
function decodeEntry(rgb, palette) {
  return palette[nearest(rgb, palette.map((entry) => entry.color))];
}

function remembered(make) {
  const known = new Map();
  return (name) => {
    if (!known.has(name)) known.set(name, make(name));
    return known.get(name);
  };
}
