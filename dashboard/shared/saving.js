// Buttons beneath a figure that save it as it stands on a slide: drawn anew at 1280 x 720, whatever the page's width.

const NARROW = 960, LOW = 540; // drawn so and enlarged by a third, for words that are read from the last row
let library;

function plotly() {
  library ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL("lab/plotly.min.js", document.baseURI);
    script.onload = () => done(window.Plotly);
    script.onerror = () => { library = undefined; fail(new Error("the drawing library did not load")); };
    document.head.appendChild(script);
  });
  return library;
}

// The figure as an SVG of 1280 x 720; the page's colours, and the legend beneath the axes.
async function drawn({ data, layout }, host, of) {
  const style = getComputedStyle(host), ground = style.getPropertyValue("--st-background-color") || "#fff";
  // Clear of the axis and its name; whatever its height is, Plotly makes room for it.
  const legend = layout.legend?.orientation === "h" ? { ...layout.legend, y: -0.15, maxheight: 0.5 } : layout.legend;
  const title = layout.title && { ...layout.title, x: 0.012, y: 0.97 };
  if (title && of) title.text += `<br><sub>${of}</sub>`;
  const color = style.getPropertyValue("--st-text-color") || style.color;
  const font = { color, family: "sans-serif", ...layout.font };
  const fitted = { ...layout, title, legend, font, width: NARROW, height: LOW, autosize: false, paper_bgcolor: ground, plot_bgcolor: ground };
  for (const key of Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name))) { // Streamlit's theme has them grey
    const { tickfont, title: named, ...rest } = layout[key];
    fitted[key] = { ...rest, tickfont: { ...tickfont, color }, title: { ...named, font: { ...named?.font, color } } };
  }
  fitted.margin = { ...layout.margin, t: Math.max(56, layout.margin?.t ?? 0) };
  const size = { format: "svg", width: NARROW, height: LOW, imageDataOnly: true };
  const text = await (await plotly()).toImage({ data, layout: fitted, config: {} }, size);
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  svg.setAttribute("viewBox", `0 0 ${NARROW} ${LOW}`);
  svg.setAttribute("width", 1280);
  svg.setAttribute("height", 720);
  return svg;
}

// The figure on the page; one that is just being drawn is waited for.
async function shown(key) {
  const place = `.st-key-${key.replace(/[^a-zA-Z0-9_-]/g, "-")} .js-plotly-plot`;
  for (let tries = 0; tries < 100 && !document.querySelector(place); tries++) await new Promise((done) => setTimeout(done, 100));
  return document.querySelector(place);
}

const acts = {
  SVG: async (host, { name, about, figure, of }) => keepSvg(await drawn(figure, host, of), name, about),
  PNG: async (host, { name, about, figure, of }) => keepPng(await drawn(figure, host, of), name, about),
  CSV: (host, { name, about }) =>
    keep(new Blob([`# ${JSON.stringify(about.settings)}\n${about.data}`], { type: "text/csv" }), `${name}.csv`),
};

export default function (component) {
  const { data, parentElement, setTriggerValue } = component, host = parentElement.querySelector(".saving");
  host.now = data;
  if (data.asked && data.asked.at !== host.answered) {
    host.answered = data.asked.at;
    acts[data.asked.way]?.(host, data);
  }
  if (host.title === data.title && host.childElementCount) return; // it ticks: the buttons stay, and so does the focus
  host.title = data.title;
  host.replaceChildren();
  for (const way of Object.keys(acts)) {
    const button = document.createElement("button");
    button.textContent = way;
    button.title = button.ariaLabel = `Save “${data.title}” as ${way}`;
    button.onclick = async () => {
      if (host.now.grows) setTriggerValue("ask", { way, at: Date.now() });
      else acts[way](host, { ...host.now, figure: await shown(host.now.key) });
    };
    host.appendChild(button);
  }
}
