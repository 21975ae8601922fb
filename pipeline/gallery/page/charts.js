// The statistics as pictures. Every chart has a title, and each of its marks says its number.

const HILBERT = { colormap: "hilbert", lambda: -3, c: 10 / 3 };
const MOST = 24; // bars of the longest list
const BOX = { width: 400, height: 210, left: 6, right: 6, top: 10, bottom: 24 };

function drawCharts(recipe) {
  const part = recipe ? statistics.recipes[recipe] : statistics.all;
  const refused = recipe ? [statistics.rejected[recipe] ?? {}] : Object.values(statistics.rejected);
  at("charts").replaceChildren(
    figure("Depth", depthNote(part), depthChart(part), "wide"),
    figure("Things a view", quantiles(part.things_per_view, (n) => counted(Math.round(n))), thingsChart(part)),
    figure("Brightness", brightnessNote(part), brightnessChart(part)),
    figure("Normals", facingNote(part), normalsChart(part)),
    figure("Categories", listNote(part.categories, "category", "categories"), barChart(categoryBars(part), pickCategory)),
    figure("Materials", listNote(part.materials, "material"), barChart(Object.entries(part.materials))),
    make("div", { class: "stack" },
      figure("Colors", listNote(part.colors, "color", "colors", MOST / 2), barChart(Object.entries(part.colors).slice(0, MOST / 2))),
      figure("Views refused", refusedNote(refused), barChart(summed(refused)))),
  );
}

function figure(title, note, picture, shape = "") {
  return make("figure", { class: `chart ${shape}` }, make("figcaption", {}, make("h2", {}, title), make("p", {}, note)), picture);
}

const quantiles = (found, say) => (found[50] === undefined ? "none" : `median ${say(found[50])}, 98 % from ${say(found[1])} to ${say(found[99])}`);
const depthNote = (part) => quantiles(part.depth_m, inMetres) + `; ${percent(part.empty_share)} of the pixels show no surface`;
const brightnessNote = (part) =>
  `mean ${part.mean_brightness.toFixed(0)} of 255; ${percent(part.dark_share)} dark, ${percent(part.burnt_share)} burnt out`;
const facingNote = (part) =>
  "facing " + Object.entries(part.facing).map(([way, share]) => `${way === "viewer" ? "the viewer" : way} ${percent(share)}`).join(", ");
const percent = (share) => (share && share < 0.001 ? "under 0.1\u00a0%" : `${(100 * share).toFixed(share && share < 0.01 ? 1 : 0)}\u00a0%`);
const categoryBars = (part) => Object.entries(part.categories).map(([name, found]) => [name, found.instances, ` in ${plural(found.views, "view")}`]);

function listNote(entries, one, many, most = MOST) {
  const count = Object.keys(entries).length;
  return count > most ? `the ${most} most frequent of ${count}` : plural(count, one, many);
}

function refusedNote(refused) {
  const sum = summed(refused).reduce((total, [, count]) => total + count, 0);
  return sum ? `${plural(sum, "draw")} that could not carry every task, drawn again` : "none: every draw could carry every task";
}

function summed(parts) {
  const sums = new Map();
  for (const part of parts) for (const [name, count] of Object.entries(part)) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// Pixels by depth on a logarithmic scale, each bar in the colour that the default codec paints that depth.
function depthChart(part) {
  const { edges_m: edges, pixels: counts } = part.depth_histogram;
  const filledBins = counts.map((n, i) => (n ? i : -1)).filter((i) => i >= 0);
  if (!filledBins.length) return make("p", { class: "empty" }, "No pixel shows a surface.");
  const [low, high] = [filledBins[0], filledBins.at(-1) + 1];
  // As wide as its place, so that its letters are as large as the others'.
  const box = { ...BOX, width: Math.max(320, at("charts").clientWidth - 34) };
  const scale = (metres) => box.left + ((box.width - box.left - box.right) * Math.log(metres / edges[low])) / Math.log(edges[high] / edges[low]);
  const bars = counts.slice(low, high).map((count, k) => {
    const [from, to] = [edges[low + k], edges[low + k + 1]];
    return { x: scale(from), width: scale(to) - scale(from), count, color: css(depthColor(Math.sqrt(from * to), HILBERT)), say: `${inMetres(from)} to ${inMetres(to)}` };
  });
  const round = [-2, -1, 0, 1, 2, 3].flatMap((power) => [1, 2, 5].map((n) => Number(`${n}e${power}`)));
  const narrow = scale(2 * edges[low]) - scale(edges[low]) < 52;
  const ticks = round.filter((metres) => metres >= edges[low] && metres <= edges[high] && !(narrow && /[25]/.test(metres)));
  return histogram(bars, box, ticks.map((metres) => [scale(metres), `${metres} m`]), "Pixels by depth, logarithmic");
}

function thingsChart(part) {
  const counts = part.things_histogram;
  const step = Math.max(1, Math.ceil(counts.length / 40));
  const groups = Array.from({ length: Math.ceil(counts.length / step) }, (_, i) => counts.slice(i * step, (i + 1) * step).reduce((a, b) => a + b, 0));
  const width = (BOX.width - BOX.left - BOX.right) / groups.length;
  const bars = groups.map((count, i) => ({ x: BOX.left + i * width, width, count, say: step > 1 ? `${i * step} to ${(i + 1) * step - 1} things` : plural(i, "thing"), unit: "view" }));
  const every = Math.max(1, Math.ceil(groups.length / 6));
  const ticks = groups.map((_, i) => [BOX.left + (i + 0.5) * width, String(i * step)]).filter((_, i) => i % every === 0);
  return histogram(bars, BOX, ticks, "Views by the number of things they show");
}

function brightnessChart(part) {
  const counts = part.brightness_histogram;
  const width = (BOX.width - BOX.left - BOX.right) / counts.length;
  const level = (i) => Math.round(((i + 0.5) * 256) / counts.length);
  const bars = counts.map((count, i) => ({ x: BOX.left + i * width, width, count, color: css([level(i), level(i), level(i)]), say: `brightness about ${level(i)}` }));
  return histogram(bars, BOX, [0, 64, 128, 192, 255].map((v) => [BOX.left + (v / 256) * width * counts.length, String(v)]), "Pixels by brightness");
}

function histogram(bars, box, ticks, label) {
  const tallest = Math.max(...bars.map((bar) => bar.count), 1);
  const total = Math.max(bars.reduce((sum, bar) => sum + bar.count, 0), 1);
  const floor = box.height - box.bottom;
  const rects = bars.map((bar) => {
    const height = ((floor - box.top) * bar.count) / tallest;
    const said = bar.unit ? plural(bar.count, bar.unit) : percent(bar.count / total);
    return svg("rect", { class: "mark", x: bar.x, y: floor - height, width: Math.max(bar.width - 0.8, 0.5), height, style: bar.color ? { fill: bar.color } : {} },
      svg("title", {}, `${bar.say}: ${said}`));
  });
  const marks = ticks.map(([x, text]) =>
    svg("text", { class: "tick", x, y: box.height - 6, "text-anchor": x < box.left + 12 ? "start" : x > box.width - 18 ? "end" : "middle" }, text));
  return picture(box, label, svg("line", { class: "axis", x1: box.left, x2: box.width - box.right, y1: floor + 0.5, y2: floor + 0.5 }), ...rects, ...marks);
}

// Pixels by the direction their surface faces: the whole sphere unrolled, in the normals' own colours.
function normalsChart(part) {
  const rows = part.normal_histogram;
  const [w, h] = [(BOX.width - BOX.left - BOX.right) / rows[0].length, (BOX.height - BOX.top - BOX.bottom) / rows.length];
  const total = Math.max(rows.flat().reduce((a, b) => a + b, 0), 1);
  // Cells near the poles are small patches of the sphere: compare shares of pixels with shares of directions.
  const ring = (row) => (Math.sin(((row + 1) / rows.length - 0.5) * Math.PI) - Math.sin((row / rows.length - 0.5) * Math.PI)) / 2 / rows[0].length;
  const excess = (row, column) => rows[row][column] / total / ring(row);
  const most = Math.max(...rows.flatMap((line, row) => line.map((_, column) => excess(row, column))), 1e-9);
  const cells = rows.flatMap((line, row) => line.map((count, column) => {
    const [up, turn] = [((row + 0.5) / rows.length - 0.5) * Math.PI, ((column + 0.5) / line.length - 0.5) * 2 * Math.PI];
    const vector = [Math.cos(up) * Math.sin(turn), Math.sin(up), Math.cos(up) * Math.cos(turn)];
    const strength = count ? 0.15 + 0.85 * (excess(row, column) / most) ** 0.4 : 0;
    return svg("rect", { x: BOX.left + column * w, y: BOX.height - BOX.bottom - (row + 1) * h, width: w, height: h, style: { fill: css(normalColor(vector, "vision_banana")), "fill-opacity": strength } },
      svg("title", {}, `facing ${Math.round((up * 180) / Math.PI)}° up, ${Math.round((turn * 180) / Math.PI)}° right: ${percent(count / total)}`));
  }));
  const frame = svg("rect", { class: "frame", x: BOX.left, y: BOX.top, width: BOX.width - BOX.left - BOX.right, height: BOX.height - BOX.top - BOX.bottom });
  const names = [[0.03, "away", "start"], [0.25, "left", "middle"], [0.5, "to the viewer", "middle"], [0.75, "right", "middle"], [0.97, "away", "end"]];
  const marks = names.map(([share, text, anchor]) => svg("text", { class: "tick", x: BOX.left + share * w * rows[0].length, y: BOX.height - 6, "text-anchor": anchor }, text));
  return picture(BOX, "Pixels by the direction their surface faces", frame, ...cells, ...marks);
}

function picture(box, label, ...children) {
  return svg("svg", { viewBox: `0 0 ${box.width} ${box.height}`, role: "img", "aria-label": label }, ...children);
}

// Names with bars; `pick`, where given, makes each a button.
function barChart(entries, pick) {
  if (!entries.length) return make("p", { class: "empty" }, "None.");
  const most = Math.max(...entries.map(([, count]) => count));
  return make("ol", { class: "bars" }, ...entries.slice(0, MOST).map(([name, count, more = ""]) => {
    const inside = [
      make("span", { class: "name" }, words(name)),
      make("span", { class: "track" }, make("span", { class: "fill", style: { width: `${(100 * count) / most}%` } })),
      make("span", { class: "count" }, counted(count)),
    ];
    const title = `${words(name)}: ${counted(count)}${more}`;
    return make("li", {}, pick ? make("button", { type: "button", title: `${title}. Show them`, on: { click: () => pick(name) } }, ...inside) : make("div", { title }, ...inside));
  }));
}
