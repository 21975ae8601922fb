// The page's data: inert blocks of text, parsed when they are asked for, and pictures decoded to exact pixels.

const parsed = new Map();
const about = blockNow("about");
const statistics = blockNow("statistics");
const index = blockNow("index");

function blockNow(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

// A block that may lie in a part of the file that the browser has not read yet.
async function block(id) {
  if (!parsed.has(id)) {
    for (let wait = 8; !isWhole(document.getElementById(id)); wait = Math.min(2 * wait, 250)) {
      if (document.readyState !== "loading") throw new Error(`the page has no block ${id}`);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    parsed.set(id, blockNow(id));
  }
  return parsed.get(id);
}

// A block's text grows while the file is read: it is whole when something follows it.
function isWhole(element) {
  return element && (element.nextElementSibling || document.readyState !== "loading");
}

const inChunk = async (kind, number) => (await block(`${kind}-${Math.floor(number / about.chunk)}`))[number % about.chunk];
const thumbOf = async (number) => "data:image/webp;base64," + (await inChunk("thumbs", number));
const textOf = (number) => inChunk("texts", number);

// Everything of a view that has its targets; its text is parsed anew each time, so that memory holds one view only.
async function wholeView(number) {
  const view = await block(`view-${number}`);
  parsed.delete(`view-${number}`);
  return view;
}

// WebP in base64 -> {canvas, rgb(x, y)}. Neither colour management nor alpha may touch a code on its way.
async function pixels(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/webp" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return {
    canvas,
    width: canvas.width,
    height: canvas.height,
    rgb: (x, y) => Array.from(data.subarray(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 3)),
  };
}
