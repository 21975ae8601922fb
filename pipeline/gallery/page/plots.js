// Pictures of counts: histograms, a sphere of directions, lists with bars. Every mark says its number.

const BOX = { width: 400, height: 210, left: 6, right: 6, top: 10, bottom: 24 };
const MOST = 24; // bars of the longest list

const total = (counts) => counts.reduce((sum, count) => sum + count, 0);
const innerWidth = (box) => box.width - box.left - box.right;
const innerHeight = (box) => box.height - box.top - box.bottom;

// At least a digit that counts: a share that is not zero never reads as zero.
function percent(share) {
  if (share > 0 && share < 0.001) return "under 0.1\u00a0%";
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)}\u00a0%`;
}

function drawing(box, label, ...children) {
  return svg("svg", { viewBox: `0 0 ${box.width} ${box.height}`, role: "img", "aria-label": label }, ...children);
}

// bars: [{x, width, count, say, color, unit}], counted in `unit` or as shares of pixels. ticks: [[x, text]].
function histogram(bars, ticks, label, box = BOX) {
  const tallest = Math.max(...bars.map((bar) => bar.count), 1);
  const sum = total(bars.map((bar) => bar.count)) || 1;
  const floor = box.height - box.bottom;
  const axis = svg("line", { class: "axis", x1: box.left, x2: box.width - box.right, y1: floor + 0.5, y2: floor + 0.5 });
  const marks = bars.map(({ x, width, count, say, color, unit }) => {
    const height = (innerHeight(box) * count) / tallest;
    const shape = { class: "mark", x, y: floor - height, width: Math.max(width - 0.8, 0.5), height };
    const said = `${say}: ${unit ? plural(count, unit) : percent(count / sum)}`;
    return svg("rect", { ...shape, style: color ? { fill: css(color) } : {} }, svg("title", {}, said));
  });
  return drawing(box, label, axis, ...marks, ...ticks.map(([x, text]) => tick(x, text, box)));
}

// A label under the axis; at either end it stays inside.
function tick(x, text, box) {
  const anchor = x < box.left + 12 ? "start" : x > box.width - 18 ? "end" : "middle";
  return svg("text", { class: "tick", x, y: box.height - 6, "text-anchor": anchor }, text);
}

// Bars of equal width. say(i), color(i): of bar i.
function evenHistogram(counts, ticks, label, { say, color = () => null, unit }) {
  const width = innerWidth(BOX) / counts.length;
  const bars = counts.map((count, i) => ({ x: BOX.left + i * width, width, count, say: say(i), color: color(i), unit }));
  return histogram(bars, ticks.map(([place, text]) => [BOX.left + place * width, text]), label);
}

// counts[elevation][azimuth] of directions over the whole sphere, unrolled, in the normals' own colours.
function sphereChart(counts, label) {
  const [rows, columns] = [counts.length, counts[0].length];
  const [w, h] = [innerWidth(BOX) / columns, innerHeight(BOX) / rows];
  const sum = total(counts.flat()) || 1;
  // Cells near the poles are small patches: compare the share of pixels with the share of the sphere.
  const height = (row) => Math.sin((row / rows - 0.5) * Math.PI);
  const excess = (row, column) => counts[row][column] / sum / (height(row + 1) - height(row));
  const most = Math.max(...counts.flatMap((line, row) => line.map((_, column) => excess(row, column)))) || 1;
  const cells = counts.flatMap((line, row) => line.map((count, column) => {
    const [up, turn] = [((row + 0.5) / rows - 0.5) * Math.PI, ((column + 0.5) / columns - 0.5) * 2 * Math.PI];
    const facing = [Math.cos(up) * Math.sin(turn), Math.sin(up), Math.cos(up) * Math.cos(turn)];
    const place = { x: BOX.left + column * w, y: BOX.height - BOX.bottom - (row + 1) * h, width: w, height: h };
    const strength = count ? 0.15 + 0.85 * (excess(row, column) / most) ** 0.4 : 0;
    const degrees = [up, turn].map((angle) => Math.round((angle * 180) / Math.PI));
    return svg("rect", { ...place, style: { fill: css(normalColor(facing, "vision_banana")), "fill-opacity": strength } },
      svg("title", {}, `facing ${degrees[0]}° up, ${degrees[1]}° right: ${percent(count / sum)}`));
  }));
  const frame = { class: "frame", x: BOX.left, y: BOX.top, width: innerWidth(BOX), height: innerHeight(BOX) };
  const names = [[0, "away"], [0.25, "left"], [0.5, "to the viewer"], [0.75, "right"], [1, "away"]];
  const ticks = names.map(([share, text]) => tick(BOX.left + share * innerWidth(BOX), text, BOX));
  return drawing(BOX, label, svg("rect", frame), ...cells, ...ticks);
}

// entries: [[name, count, more]], most first. `pick`, where given, makes each a button for which `leads(name)` is true.
function barList(entries, { most = MOST, pick, leads = () => true } = {}) {
  if (!entries.length) return make("p", { class: "empty" }, "None.");
  const longest = Math.max(...entries.map(([, count]) => count));
  return make("ol", { class: "bars" }, ...entries.slice(0, most).map(([name, count, more = ""]) => {
    const fill = make("span", { class: "fill", style: { width: `${(100 * count) / longest}%` } });
    const inside = [
      make("span", { class: "name" }, words(name)),
      make("span", { class: "track" }, fill),
      make("span", { class: "count" }, counted(count)),
    ];
    const title = `${words(name)}: ${counted(count)}${more}`;
    if (!pick || !leads(name)) return make("li", {}, make("div", { title }, ...inside));
    const button = { type: "button", title: `${title}. Show them`, on: { click: () => pick(name) } };
    return make("li", {}, make("button", button, ...inside));
  }));
}
