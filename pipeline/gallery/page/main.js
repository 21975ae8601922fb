// What is drawn first, and the keys.

function show(section) {
  for (const name of ["views", "statistics"]) {
    at(`${name}-section`).hidden = name !== section;
    at(`show-${name}`).setAttribute("aria-pressed", name === section);
  }
  redraw();
  scrollTo(0, 0);
}

function drawHead() {
  const { all, recipes } = statistics;
  const facts = [
    [counted(about.total), about.total === 1 ? "view" : "views"],
    [counted(Object.keys(recipes).length), Object.keys(recipes).length === 1 ? "recipe" : "recipes"],
    [counted(Object.keys(all.categories).length), "categories"],
    [counted(Object.values(all.categories).reduce((sum, found) => sum + found.instances, 0)), "things seen"],
    [all.depth_m[50] === undefined ? "none" : inMetres(all.depth_m[50]), "median depth"],
  ];
  at("facts").append(...facts.map(([number, name]) => make("div", {}, make("dd", {}, number), make("dt", {}, name))));
  const [listed, left] = [index.key.length, index.key.length - about.whole];
  const notes = [
    listed < about.total && `The grid shows ${counted(listed)} of the corpus's ${plural(about.total, "view")}, evenly spaced.`,
    left > 0 && `${counted(about.whole)} hold their targets here, the other ${counted(left)} only a small picture and words; `
      + "plantain inspect --views sets how many.",
    about.smaller && `Targets above ${about.side} pixels are made smaller by leaving pixels out: every color is still an exact code.`,
  ].filter(Boolean);
  at("notes").textContent = notes.join(" ");
  at("notes").hidden = !notes.length;
  at("made").textContent = `Made by plantain ${about.plantain}`;
}

function openHash() {
  const [key, name] = decodeURIComponent(location.hash.slice(1)).split("/");
  const number = index.key.indexOf(key);
  if (number < 0) return;
  if (!shown.includes(number)) {
    at("filters").reset();
    narrow();
  }
  openView(number, TASKS.includes(name) ? name : task);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=range]), select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    closeView();
    show("views");
    at("query").focus();
  } else if (dialog.open && current?.text) keyInView(event);
  else if (event.key === "Escape" && typing) event.target.blur();
});

for (const name of ["views", "statistics"]) at(`show-${name}`).addEventListener("click", () => show(name));
for (const name of Object.keys(statistics.recipes)) at("charted").append(new Option(words(name), name));
at("charted").closest("label").hidden = Object.keys(statistics.recipes).length < 2;
const redraw = () => at("statistics-section").hidden || drawCharts(at("charted").value);
at("charted").addEventListener("change", redraw);
addEventListener("resize", redraw);
addEventListener("hashchange", openHash);
drawHead();
drawGrid();
swipeTo(0.5);
openHash();
