// The statistics as charts, each with a title and its numbers in words.

const HILBERT = { colormap: "hilbert", lambda: -3, c: 10 / 3 };

function drawCharts(recipe) {
  const part = recipe ? statistics.recipes[recipe] : statistics.all;
  const refused = summed(recipe ? [statistics.rejected[recipe] ?? {}] : Object.values(statistics.rejected));
  const categories = Object.entries(part.categories)
    .map(([name, found]) => [name, found.instances, ` in ${plural(found.views, "view")}`]);
  const [materials, colors] = [Object.entries(part.materials), Object.entries(part.colors)];
  const few = MOST / 2;
  const picking = { pick: (name) => pickCategory(name, recipe), leads: (name) => viewsShow(name, recipe) };
  at("charts").replaceChildren(
    figure("Depth", depthNote(part), depthChart(part.depth_histogram), "wide"),
    figure("Things a view", quantiles(part.things_per_view, (n) => counted(Math.round(n))), thingsChart(part.things_histogram)),
    figure("Brightness", brightnessNote(part), brightnessChart(part.brightness_histogram)),
    figure("Normals", facingNote(part), sphereChart(part.normal_histogram, "Pixels by the direction their surface faces")),
    figure("Categories", listNote(categories, "category", "categories"), barList(categories, picking)),
    figure("Materials", listNote(materials, "material"), barList(materials)),
    make("div", { class: "stack" },
      figure("Colors", listNote(colors, "color", "colors", few), barList(colors, { most: few })),
      figure("Views refused", refusedNote(refused), barList(refused))),
  );
}

function figure(title, note, chart, shape = "") {
  const caption = make("figcaption", {}, make("h2", {}, title), make("p", {}, note));
  return make("figure", { class: `chart ${shape}` }, caption, chart);
}

function quantiles(found, say) {
  return found[50] === undefined ? "none" : `median ${say(found[50])}, 98\u00a0% from ${say(found[1])} to ${say(found[99])}`;
}

function depthNote(part) {
  return `${quantiles(part.depth_m, inMetres)}; ${percent(part.empty_share)} of the pixels show no surface`;
}

function brightnessNote(part) {
  const [mean, dark, burnt] = [part.mean_brightness.toFixed(0), percent(part.dark_share), percent(part.burnt_share)];
  return `mean ${mean} of 255; ${dark} dark, ${burnt} burnt out`;
}

function facingNote({ facing }) {
  const ways = Object.entries(facing).map(([way, share]) => `${way === "viewer" ? "the viewer" : way} ${percent(share)}`);
  return `facing ${ways.join(", ")}`;
}

function listNote(entries, one, many, most = MOST) {
  return entries.length > most ? `the ${most} most frequent of ${entries.length}` : plural(entries.length, one, many);
}

function refusedNote(refused) {
  const sum = total(refused.map(([, count]) => count));
  return sum ? `${plural(sum, "draw")} that could not carry every task, drawn again` : "every draw could carry every task";
}

function summed(parts) {
  const sums = new Map();
  for (const [name, count] of parts.flatMap(Object.entries)) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

// Pixels by depth on a logarithmic scale, each bar in the colour in which the default codec paints that depth.
function depthChart({ edges_m: edges, pixels: counts }) {
  const low = counts.findIndex(Boolean);
  const high = counts.findLastIndex(Boolean) + 1;
  if (low < 0) return make("p", { class: "empty" }, "No pixel shows a surface.");
  // As wide as its place, so that its letters are as large as the others'.
  const box = { ...BOX, width: Math.max(320, at("charts").clientWidth - 34) };
  const x = (metres) => box.left + (innerWidth(box) * Math.log(metres / edges[low])) / Math.log(edges[high] / edges[low]);
  const bars = counts.slice(low, high).map((count, k) => {
    const [from, to] = [edges[low + k], edges[low + k + 1]];
    const color = depthColor(Math.sqrt(from * to), HILBERT);
    return { x: x(from), width: x(to) - x(from), count, color, say: `${inMetres(from)} to ${inMetres(to)}` };
  });
  const crowded = x(2 * edges[low]) - x(edges[low]) < 52;
  const ticks = [-2, -1, 0, 1, 2, 3]
    .flatMap((power) => (crowded ? [1] : [1, 2, 5]).map((digit) => Number(`${digit}e${power}`)))
    .filter((metres) => metres >= edges[low] && metres <= edges[high])
    .map((metres) => [x(metres), `${metres} m`]);
  return histogram(bars, ticks, "Pixels by depth, logarithmic", box);
}

function thingsChart(counts) {
  const step = Math.max(1, Math.ceil(counts.length / 40));
  const groups = counts.flatMap((_, i) => (i % step ? [] : [total(counts.slice(i, i + step))]));
  const every = Math.max(1, Math.ceil(groups.length / 6));
  const ticks = groups.flatMap((_, i) => (i % every ? [] : [[i + 0.5, String(i * step)]]));
  const say = (i) => (step > 1 ? `${i * step} to ${(i + 1) * step - 1} things` : plural(i, "thing"));
  return evenHistogram(groups, ticks, "Views by the number of things they show", { say, unit: "view" });
}

function brightnessChart(counts) {
  const level = (i) => Math.round(((i + 0.5) * 256) / counts.length);
  const ticks = [0, 64, 128, 192, 255].map((value) => [(value / 256) * counts.length, String(value)]);
  return evenHistogram(counts, ticks, "Pixels by brightness", {
    say: (i) => `brightness about ${level(i)}`,
    color: (i) => [level(i), level(i), level(i)],
  });
}
