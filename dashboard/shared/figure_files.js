// A drawing in, a file to keep out: SVG or PNG with what it shows and how it was made inside, or its data as CSV.

const SVG = "http://www.w3.org/2000/svg";

function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}

function described(svg, about) {
  const copy = svg.cloneNode(true), note = document.createElementNS(SVG, "metadata");
  note.textContent = JSON.stringify(about); // a text node: whatever runs are called stays text
  copy.setAttribute("xmlns", SVG);
  copy.prepend(note);
  return new XMLSerializer().serializeToString(copy);
}

function keepSvg(svg, name, about) {
  keep(new Blob([described(svg, about)], { type: "image/svg+xml" }), `${name}.svg`);
}

async function keepPng(svg, name, about) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([described(svg, {})], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = svg.getAttribute("width");
  canvas.height = svg.getAttribute("height");
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  const bytes = new Uint8Array(await (await new Promise((done) => canvas.toBlob(done))).arrayBuffer());
  const end = bytes.length - 12; // the last chunk, which ends the file
  keep(new Blob([bytes.slice(0, end), textChunk(JSON.stringify(about)), bytes.slice(end)], { type: "image/png" }), `${name}.png`);
}

// PNG's chunk for text in UTF-8: length, type, keyword, flags, text, check sum.
function textChunk(text) {
  const body = new TextEncoder().encode(`iTXtDescription\0\0\0\0\0${text}`), chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  let sum = ~0;
  for (const byte of body) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  view.setUint32(body.length + 4, ~sum);
  return chunk;
}
