// One view: picture and target under a swipe, all five targets beside it, and the exact values under the pointer.

const dialog = at("view");
const stage = at("stage");
let current = null; // {number, view, image, targets, probe: [x, y], task}
let task = "depth";

async function openView(number, wanted = task) {
  task = wanted;
  const opening = { number };
  current = opening;
  const [text, thumb] = await Promise.all([textOf(number), thumbOf(number)]);
  const view = index.whole[number] ? await wholeView(number) : null;
  const names = view ? TASKS : [];
  const files = [view ? view.image : thumb.split(",")[1], ...names.map((name) => view.targets[name])];
  const [image, ...painted] = await Promise.all(files.map(pixels));
  const targets = Object.fromEntries(names.map((name, i) => [name, painted[i]]));
  if (current !== opening) return; // another view was asked for meanwhile
  Object.assign(opening, { text, view, image, targets, probe: [image.width >> 1, image.height >> 1] });
  drawView();
  const first = !dialog.open;
  if (first) dialog.showModal();
  // The tiles are new: a tile that had the focus hands it on.
  if (first || document.activeElement === document.body) focusTile();
  history.replaceState(null, "", `#${index.key[number]}/${task}`);
}

function closeView() {
  if (dialog.open) dialog.close();
}

// However it was closed: by the button, by Esc, by going back on a phone.
dialog.addEventListener("close", () => {
  const cell = current && cells[current.number];
  current = null;
  history.replaceState(null, "", location.pathname + location.search);
  // The "/" key has already moved on to the search field.
  if (!cell || cell.hidden || document.activeElement === at("query")) return;
  cell.scrollIntoView({ block: "nearest" });
  cell.focus();
});

function drawView() {
  const { number, text, view, image, targets } = current;
  const place = shown.indexOf(number);
  at("view-key").textContent = index.key[number];
  at("view-place").textContent = `${index.splits[index.split[number]]}, ${counted(place + 1)} of ${counted(shown.length)}`;
  at("before").disabled = place <= 0;
  at("after").disabled = place < 0 || place + 1 >= shown.length;
  filled(stage, { style: { "--ratio": String(image.width / image.height) } }, []);
  at("picture").replaceChildren(image.canvas);
  dialog.classList.toggle("part", !view);
  at("tiles").replaceChildren(...(view ? TASKS.map((name, i) => tile(name, i, targets[name])) : []));
  at("caption").textContent = text.long;
  at("left-out").hidden = Boolean(view);
  at("scaled").hidden = !view || view.size[0] === image.width;
  const size = `Shown at ${image.width} x ${image.height} of ${view?.size.join(" x ")}`;
  at("scaled").textContent = `${size}: every pixel of a target is one of the corpus.`;
  drawTask();
}

function tile(name, i, { canvas, width, height }) {
  // The stage shows the target's own canvas; a tile has a copy.
  const copy = make("canvas", { width, height });
  copy.getContext("2d").drawImage(canvas, 0, 0);
  const button = { type: "button", class: "tile", id: `tile-${name}`, "data-task": name };
  return make("button", { ...button, on: { click: () => chooseTask(name) } },
    make("span", { class: "tile-name" }, make("kbd", {}, String(i + 1)), TITLES[name]),
    make("span", { class: "tile-picture" }, copy, make("b", { class: "dot" })),
    make("output", { class: "value", "data-value": name }));
}

function chooseTask(name) {
  if (!current?.view) return;
  task = name;
  history.replaceState(null, "", `#${index.key[current.number]}/${task}`);
  drawTask();
  focusTile();
}

const focusTile = () => (at(`tile-${task}`) ?? at("close")).focus({ preventScroll: true });

function drawTask() {
  const { view, text, targets } = current;
  for (const tile of at("tiles").children) {
    tile.setAttribute("aria-pressed", tile.dataset.task === task);
  }
  at("target").replaceChildren(...(view ? [targets[task].canvas] : []));
  at("target-name").textContent = view ? TITLES[task] : "";
  at("legend").replaceChildren(...(view ? [LEGENDS[task](view)] : []));
  at("prompts").replaceChildren(...TASKS.map((name) => {
    const chosen = name === task && view ? "prompt chosen" : "prompt";
    return make("div", { class: chosen }, make("dt", {}, TITLES[name]), make("dd", {}, text.prompts[name]));
  }));
  probe(...current.probe);
}

// Read all targets at one pixel.
function probe(x, y) {
  const { view, image, targets } = current;
  current.probe = [x, y];
  if (!view) return;
  const [left, top] = [(100 * (x + 0.5)) / image.width, (100 * (y + 0.5)) / image.height];
  filled(dialog, { style: { "--x": `${left}%`, "--y": `${top}%` } }, []);
  for (const name of TASKS) {
    const rgb = targets[name].rgb(x, y);
    const { text } = READERS[name](rgb, view);
    const value = at(`tile-${name}`).querySelector(".value");
    value.replaceChildren(swatch(rgb), make("span", {}, text));
    value.title = `${text}, painted as (${rgb.join(", ")})`;
    if (name !== task) continue;
    at("reading").replaceChildren(swatch(rgb), text);
    at("legend").firstChild.follow?.(rgb);
    const pixel = [inCorpus(x, image.width, view.size[0]), inCorpus(y, image.height, view.size[1])];
    at("code").textContent = `pixel (${pixel.join(", ")}), painted as (${rgb.join(", ")})`;
  }
  const tip = at("tip").classList;
  tip.toggle("leftwards", left > 60);
  tip.toggle("upwards", top > 70);
}

// The pixel of the corpus that a pixel of a smaller target was taken from: views.py picks by the same rule.
const inCorpus = (x, shownSize, size) => Math.floor(((2 * x + 1) * size) / (2 * shownSize));

function swipeTo(share) {
  const percent = Math.min(100, Math.max(0, 100 * share));
  stage.style.setProperty("--cut", `${percent}%`);
  at("swipe").value = percent;
}

function step(by) {
  const next = shown[shown.indexOf(current.number) + by];
  if (next !== undefined) openView(next);
}

function under({ clientX, clientY }) {
  const box = stage.getBoundingClientRect();
  return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
}

function probeUnder(event) {
  if (!current?.view) return;
  const { width, height } = current.image;
  const [x, y] = under(event);
  probe(Math.min(width - 1, Math.max(0, Math.floor(x * width))), Math.min(height - 1, Math.max(0, Math.floor(y * height))));
}

// Pointing reads, dragging swipes; with a finger a tap reads.
let drag = null;
stage.addEventListener("pointerdown", (event) => {
  if (event.button || !current?.view) return;
  drag = { x: event.clientX, moved: false };
  stage.setPointerCapture(event.pointerId);
});
stage.addEventListener("pointermove", (event) => {
  if (drag && Math.abs(event.clientX - drag.x) > 4) drag.moved = true;
  if (drag?.moved) swipeTo(under(event)[0]);
  else if (event.pointerType === "mouse") probeUnder(event);
});
stage.addEventListener("pointerup", (event) => {
  if (drag && !drag.moved) probeUnder(event);
  drag = null;
});
stage.addEventListener("pointercancel", () => (drag = null));

function keyInView(event) {
  const ofRange = event.target === at("swipe");
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (way && event.shiftKey && current.view) {
    const [x, y] = current.probe.map((value, i) => value + way[i]);
    if (x >= 0 && y >= 0 && x < current.image.width && y < current.image.height) probe(x, y);
  } else if (way?.[0] && !ofRange) step(way[0]);
  else if (TASKS[Number(event.key) - 1]) chooseTask(TASKS[Number(event.key) - 1]);
  else return;
  event.preventDefault();
}

at("before").addEventListener("click", () => step(-1));
at("after").addEventListener("click", () => step(1));
at("close").addEventListener("click", closeView);
at("swipe").addEventListener("input", ({ target }) => swipeTo(target.value / 100));
