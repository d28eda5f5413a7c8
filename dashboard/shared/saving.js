// Buttons beneath a figure of Plotly or ECharts that save it; the figure is found by its Streamlit key.

function drawn(plot, background) {
  const box = plot.getBoundingClientRect(), all = document.createElementNS(SVG, "svg"), ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of [["width", Math.round(box.width)], ["height", Math.round(box.height)]]) {
    all.setAttribute(name, value);
    ground.setAttribute(name, value);
  }
  ground.setAttribute("fill", background);
  all.appendChild(ground);
  for (const layer of plot.matches("svg") ? [plot] : plot.querySelectorAll(".main-svg")) {
    const copy = layer.cloneNode(true);
    copy.style.background = "none";
    const inks = [...layer.querySelectorAll("text")].map((text) => getComputedStyle(text).fill);
    copy.querySelectorAll("text").forEach((text, at) => { text.style.fill = inks[at]; }); // the page's style stays here
    copy.querySelectorAll(".draglayer, .hoverlayer, .select-outline").forEach((part) => part.remove());
    all.appendChild(copy);
  }
  return all;
}

export default function (component) {
  const { data, parentElement } = component, host = parentElement.querySelector(".saving");
  const place = `.st-key-${data.key.replace(/[^a-zA-Z0-9_-]/g, "-")}`;
  const find = () => document.querySelector(`${place} .js-plotly-plot`) ?? document.querySelector(`${place} svg[baseProfile]`);
  const ground = () => getComputedStyle(host).getPropertyValue("--st-background-color") || "#fff";
  const ways = {
    SVG: () => keepSvg(drawn(find(), ground()), data.name, data.about),
    PNG: () => keepPng(drawn(find(), ground()), data.name, data.about),
    CSV: () => keep(new Blob([`# ${JSON.stringify(data.about.settings)}\n${data.about.data}`], { type: "text/csv" }), `${data.name}.csv`),
  };
  host.replaceChildren();
  if (!data.about.data) return; // it grows still
  for (const [name, act] of Object.entries(ways)) {
    const button = document.createElement("button");
    button.textContent = name;
    button.title = button.ariaLabel = `Save “${data.about.title}” as ${name}`;
    button.onclick = () => find() && act();
    host.appendChild(button);
  }
}
