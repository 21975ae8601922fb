// The grid of small pictures and what narrows it: recipe, split, category, words.

const cells = [];
let shown = index.key.map((_, number) => number);
let asked = 0; // number of the latest question, so that a slow answer to an earlier one is dropped

const lazy = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      lazy.unobserve(target);
      thumbOf(Number(target.dataset.number)).then((source) => (target.querySelector("img").src = source));
    }
  },
  { rootMargin: "600px" },
);

function drawGrid() {
  const small = make("img", { alt: "", decoding: "async" });
  const model = make("button", { type: "button", class: "cell", tabindex: -1 }, small, make("span"));
  index.key.forEach((key, number) => {
    const cell = model.cloneNode(true);
    cell.dataset.number = number;
    cell.lastChild.textContent = words(index.recipes[index.recipe[number]]);
    cell.setAttribute("aria-label", `${key}, ${index.splits[index.split[number]]}`);
    if (!index.whole[number]) cell.classList.add("part");
    cells.push(cell);
    lazy.observe(cell);
  });
  at("grid").append(...cells);
  at("grid").addEventListener("click", ({ target }) => {
    const cell = target.closest(".cell");
    if (cell) openView(Number(cell.dataset.number));
  });
  at("grid").addEventListener("keydown", moveInGrid);
  at("grid").addEventListener("focusin", ({ target }) => target.closest(".cell") && rove(target.closest(".cell")));
  fillSelect("recipe", index.recipes, tally(index.recipe.map((n) => [n])), "All recipes");
  fillSelect("split", index.splits, tally(index.split.map((n) => [n])), "All splits");
  fillSelect("category", index.categories, tally(index.shows), "All categories");
  for (const id of ["recipe", "split", "category", "whole"]) at(id).addEventListener("change", narrow);
  let pause;
  at("query").addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(narrow, 120);
  });
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("filters").addEventListener("reset", () => setTimeout(narrow));
  // The button goes; pressed by a key (no clicks counted) it hands the focus on, under a finger no keyboard opens.
  at("clear").addEventListener("click", ({ detail }) => detail || at("query").focus());
  at("only").hidden = about.whole === index.key.length;
  tell();
}

function tally(lists) {
  const counts = new Map();
  for (const list of lists) for (const number of list) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

function fillSelect(id, names, counts, all) {
  const label = (name, number) => `${words(name)} (${counted(counts.get(number) ?? 0)})`;
  at(id).append(new Option(all, ""), ...names.map((name, number) => new Option(label(name, number), number)));
  at(id).closest("label").hidden = names.length < 2;
}

// Show the views that pass every filter.
async function narrow() {
  const question = ++asked;
  const chosen = (id) => (at(id).value === "" ? null : Number(at(id).value));
  const [recipe, split, category] = ["recipe", "split", "category"].map(chosen);
  const terms = at("query").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = index.key.map((_, number) => number).filter(
    (n) =>
      (recipe === null || index.recipe[n] === recipe) &&
      (split === null || index.split[n] === split) &&
      (category === null || index.shows[n].includes(category)) &&
      (!at("whole").checked || index.whole[n]),
  );
  if (terms.length) {
    const texts = await Promise.all(found.map(searchable));
    found = found.filter((_, i) => terms.every((term) => texts[i].includes(term)));
  }
  if (question !== asked) return;
  const wanted = new Set(found);
  shown = found;
  cells.forEach((cell, number) => (cell.hidden = !wanted.has(number)));
  tell();
}

async function searchable(number) {
  const text = await textOf(number);
  text.found ??= [index.key[number], text.caption, text.long, ...Object.values(text.prompts)].join("\n").toLowerCase();
  return text.found;
}

function tell() {
  const all = shown.length === index.key.length;
  const listed = plural(index.key.length, "view");
  at("count").textContent = all ? listed : `${counted(shown.length)} of ${listed}`;
  at("nothing").hidden = shown.length > 0;
  at("clear").hidden = all && !at("query").value;
  if (shown.length) rove(cells[shown[0]]);
}

// One cell at a time is in the order of the Tab key; arrows go to the others.
function rove(cell) {
  at("grid").querySelector('.cell[tabindex="0"]')?.setAttribute("tabindex", -1);
  cell.tabIndex = 0;
}

function moveInGrid(event) {
  const place = shown.indexOf(Number(event.target.dataset.number));
  const columns = getComputedStyle(at("grid")).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const next = event.key === "Home" ? 0 : event.key === "End" ? shown.length - 1 : place + step;
  if (place < 0 || !(next in shown) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  cells[shown[next]].focus();
}

// Whether the grid, which may list only some of the corpus, has a view of the recipe ("" for any) that shows a category.
function viewsShow(name, recipe) {
  const [category, of] = [index.categories.indexOf(name), index.recipes.indexOf(recipe)];
  return index.shows.some((shows, n) => shows.includes(category) && (recipe === "" || index.recipe[n] === of));
}

// From a chart: the views of its recipe ("" for any) that show a category.
function pickCategory(name, recipe) {
  at("filters").reset();
  at("category").value = index.categories.indexOf(name);
  at("recipe").value = recipe === "" ? "" : index.recipes.indexOf(recipe);
  show("views");
  narrow();
  cells[shown[0]].focus({ preventScroll: true });
}
