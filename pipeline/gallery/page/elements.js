// Elements made in one line.

function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// Attributes as named; `on` holds listeners, `style` properties, since the page's policy allows no style attributes.
function filled(element, { on = {}, style = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const at = (id) => document.getElementById(id);
const css = (rgb) => `rgb(${rgb.join(" ")})`;
const words = (name) => (name === "?" ? "unnamed" : name.replaceAll("_", " "));
const counted = (number) => number.toLocaleString("en");
const plural = (number, one, many = one + "s") => `${counted(number)} ${number === 1 ? one : many}`;

// Metres with four digits that count, "2.347 m"; "no surface" for infinity.
function inMetres(metres) {
  if (metres === Infinity) return "no surface";
  return `${metres.toFixed(Math.max(0, Math.min(3, 3 - Math.floor(Math.log10(Math.max(metres, 1e-9))))))} m`;
}
