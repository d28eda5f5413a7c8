// Pictures of the same rows by several runs, side by side: played, hovered, lassoed and searched in the browser alone.
// User texts only ever become text nodes. What was chosen is told to the page: rows, row (clicked), step (at rest).

const SECONDS_A_STEP = 0.8;
const REACH = 14; // pixels from the pointer to a point
const KINDS = { f: Float32Array, i: Uint32Array, h: Uint16Array, u: Uint8Array };
const memory = new WeakMap(); // what a visitor did here survives new data

function decode(text, kind) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new KINDS[kind](bytes.buffer);
}

// Shares of a box, 0 to 65,535, as places in it: x, y, x, y ...
function spread(shares, box) {
  return Float32Array.from(shares, (share, at) => box[at % 2] + (share / 65535) * (box[2 + (at % 2)] - box[at % 2]));
}

function element(kind, parent, text, cls) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (cls) made.className = cls;
  if (parent) parent.appendChild(made);
  return made;
}

function outline(g, symbol, r) {
  const corners = (n, turn, radius) => {
    for (let k = 0; k < n; k++) {
      const a = turn + (2 * Math.PI * k) / n, q = radius(k);
      g.lineTo(q * Math.cos(a), q * Math.sin(a));
    }
    g.closePath();
  };
  g.beginPath();
  if (symbol === "square") g.rect(-0.85 * r, -0.85 * r, 1.7 * r, 1.7 * r);
  else if (symbol === "diamond") corners(4, 0, () => 1.2 * r);
  else if (symbol === "triangle-up") corners(3, -Math.PI / 2, () => 1.25 * r);
  else if (symbol === "star") corners(10, -Math.PI / 2, (k) => (k % 2 ? 0.55 * r : 1.35 * r));
  else if (symbol === "hexagon") corners(6, 0, () => 1.1 * r);
  else if (symbol === "cross" || symbol === "x") {
    if (symbol === "x") g.rotate(Math.PI / 4);
    g.rect(-1.15 * r, -0.38 * r, 2.3 * r, 0.76 * r);
    g.rect(-0.38 * r, -1.15 * r, 0.76 * r, 2.3 * r);
  } else g.arc(0, 0, r, 0, 2 * Math.PI);
}

// The same outline as the data of an SVG path.
function pathOf(symbol, r) {
  const parts = [];
  let turn = 0, begun = false;
  const at = (x, y) => [Math.cos(turn) * x - Math.sin(turn) * y, Math.sin(turn) * x + Math.cos(turn) * y].map((one) => one.toFixed(2)).join(" ");
  outline({
    beginPath() {},
    rotate(by) { turn += by; },
    lineTo(x, y) { parts.push((begun ? "L" : "M") + at(x, y)); begun = true; },
    closePath() { parts.push("Z"); begun = false; },
    rect(x, y, w, h) { parts.push(`M${[[x, y], [x + w, y], [x + w, y + h], [x, y + h]].map((one) => at(...one)).join("L")}Z`); },
    arc(x, y, q) { parts.push(`M${at(q, 0)}A${q} ${q} 0 1 1 ${at(-q, 0)}A${q} ${q} 0 1 1 ${at(q, 0)}Z`); },
  }, symbol, r);
  return parts.join("");
}

function stamp(color, symbol, r, ratio) {
  const side = Math.ceil(4 * r * ratio), made = document.createElement("canvas");
  made.width = made.height = side;
  const g = made.getContext("2d");
  g.translate(side / 2, side / 2);
  g.scale(ratio, ratio);
  outline(g, symbol, r);
  g.fillStyle = color;
  g.fill();
  g.lineWidth = 0.6;
  g.strokeStyle = "rgba(255,255,255,.55)";
  g.stroke();
  return made;
}

// Viridis-like, light to dark, for scores and for shares from 0 to 1.
const RAMP = [[253, 231, 37], [94, 201, 98], [33, 145, 140], [59, 82, 139], [68, 1, 84]];
function ramp(share) {
  const at = Math.max(0, Math.min(0.9999, share)) * (RAMP.length - 1), k = Math.floor(at), f = at - k;
  return `rgb(${RAMP[k].map((c, j) => Math.round(c + f * (RAMP[k + 1][j] - c))).join(",")})`;
}

// Lowest x and y, highest x and y of a frame's points; worked out once.
function boxOf(frame, n) {
  if (!frame.box) {
    const box = [Infinity, Infinity, -Infinity, -Infinity], p = frame.points;
    for (let i = 0; i < n; i++) {
      box[0] = Math.min(box[0], p[2 * i]); box[1] = Math.min(box[1], p[2 * i + 1]);
      box[2] = Math.max(box[2], p[2 * i]); box[3] = Math.max(box[3], p[2 * i + 1]);
    }
    frame.box = box;
  }
  return frame.box;
}

class Pictures {
  constructor(host, tell) {
    this.tell = tell;
    this.chosen = new Set();
    this.hover = this.row = this.lasso = null;
    this.at = null; // place between kept steps, 0 to steps - 1
    this.playing = false;
    this.stamps = new Map();
    this.build(host);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.root);
  }

  build(host) {
    this.root = host;
    host.replaceChildren();
    const bar = element("div", host, undefined, "bar");
    this.play = element("button", bar, "▶ Play");
    this.play.onclick = () => this.toggle();
    this.slider = element("input", bar);
    Object.assign(this.slider, { type: "range", min: 0, step: 0.01 });
    this.slider.setAttribute("aria-label", "Training step");
    this.slider.oninput = () => { this.playing = false; this.at = +this.slider.value; this.refresh(); };
    this.slider.onchange = () => this.rest();
    this.slider.onkeydown = (e) => {
      const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key];
      if (!move) return;
      e.preventDefault();
      this.at = Math.max(0, Math.min(this.last(), Math.round(this.at) + move));
      this.rest();
    };
    this.stepText = element("span", bar, "", "step");
    this.search = element("input", bar);
    Object.assign(this.search, { type: "search", placeholder: "Search texts" });
    this.search.setAttribute("aria-label", "Search texts");
    this.search.oninput = () => this.find();
    this.count = element("span", bar, "", "count");
    this.count.setAttribute("aria-live", "polite");
    element("button", bar, "Clear").onclick = () => this.clear();
    this.own = element("button", bar, "Own scale");
    this.own.title = "Each picture as large as it gets, at a scale of its own; else all have one scale, at every step";
    this.own.setAttribute("aria-pressed", "false");
    this.own.onclick = () => { this.own.setAttribute("aria-pressed", this.isOwn() ? "false" : "true"); this.refresh(); };
    element("button", bar, "PNG").onclick = () => keepPng(this.svg(), this.called(), this.about());
    element("button", bar, "SVG").onclick = () => keepSvg(this.svg(), this.called(), this.about());
    this.legend = element("div", host, undefined, "legend");
    this.grid = element("div", host, undefined, "grid");
    this.tip = element("div", host, undefined, "tip");
    this.look = element("div", host, undefined, "look");
  }

  last() { return this.data.steps.length - 1; }
  isOwn() { return this.own.getAttribute("aria-pressed") === "true"; }

  setData(data) {
    // The slider stays at its step; at the end it stays at the end, wherever that is now.
    const before = !this.data ? data.at : Math.round(this.at) < this.last() ? this.data.steps[Math.round(this.at)] : null;
    this.data = data;
    this.labels = decode(data.labels, "f");
    this.n = this.labels.length;
    this.runs = data.runs.map((run) => ({
      name: run.name,
      frames: run.frames.map((f) => ({
        step: f.step, across: f.across, figures: f.figures, points: spread(decode(f.points, "h"), data.box),
        near: decode(f.near, f.wide ? "i" : "h"), predicted: decode(f.predicted, data.scores ? "f" : "h"),
        distortion: decode(f.distortion, "u"),
      })),
    }));
    const same = data.steps.indexOf(before);
    this.at = same >= 0 ? same : this.last();
    this.chosen = new Set([...this.chosen].filter((i) => i < this.n));
    if (this.row !== null && this.row >= this.n) this.row = null;
    this.hover = null;
    this.classAt = new Map(data.classes.map((c, k) => [c.id, k]));
    this.stamps = new Map();
    this.slider.max = this.last();
    const still = this.last() < 1;
    this.play.hidden = this.slider.hidden = still;
    this.drawLegend();
    this.drawLook();
    if (this.panels === undefined || this.panels.length !== this.runs.length) this.makePanels();
    this.panels.forEach((p, k) => { p.title.textContent = this.runs[k].name; p.title.title = this.runs[k].name; });
    const [x0, y0, x1, y1] = data.box; // a flat cloud in a flat frame: both axes have one scale
    const aspect = Math.min(2.4, Math.max(1.1, (x1 - x0) / (y1 - y0) || 1));
    this.grid.style.setProperty("--aspect", aspect);
    this.resize();
  }

  makePanels() {
    this.grid.replaceChildren();
    this.panels = this.runs.map((run, k) => {
      const box = element("div", this.grid, undefined, "run");
      const title = element("h2", box), figures = element("div", box, undefined, "figures");
      const canvas = element("canvas", box);
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-label",
        `Picture ${k + 1}: arrows go from point to point, space chooses, c chooses its class, Enter opens, Escape clears`);
      canvas.onpointerdown = (e) => this.down(k, e);
      canvas.onpointermove = (e) => this.move(k, e);
      canvas.onpointerup = (e) => this.up(k, e);
      canvas.onpointercancel = () => { this.lasso = null; this.refresh(); };
      canvas.onpointerleave = () => { if (!this.lasso) { this.hover = null; this.refresh(); } };
      canvas.onkeydown = (e) => this.key(k, e);
      return { canvas, title, figures, x: new Float32Array(0), y: new Float32Array(0) };
    });
  }

  drawLegend() {
    const { data } = this, entry = (name, picture) => {
      const line = element("span", this.legend);
      line.appendChild(picture);
      element("i", line, name).title = name;
    };
    // Of a long class both ends are seen: what tells it apart may stand at either.
    const shortened = (name) => (name.length > 30 ? `${name.slice(0, 15)}…${name.slice(-13)}` : name);
    this.legend.replaceChildren();
    const kind = data.colouring;
    const gradient = (low, high, text) => {
      const scale = element("span", null, undefined, "scale");
      scale.style.background = `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map(ramp).join(",")})`;
      entry(`${text}: ${low} to ${high}`, scale);
    };
    if (kind === "distortion") return gradient("0", "1", "share of the 10 true neighbours that this picture does not show");
    if (data.scores) {
      const [low, high] = data.range.map((v) => v.toFixed(2));
      if (kind === "error") return gradient("0", (data.range[1] - data.range[0]).toFixed(2), "prediction's distance from the score");
      return gradient(low, high, kind === "class" ? "score" : "predicted score");
    }
    const found = kind === "error" ? data.errors : data.classes;
    for (const each of found) {
      const icon = stamp(each.color, each.symbol, 4.5, 2);
      icon.style.cssText = "width:18px;height:18px;border:0;margin:0;cursor:default";
      entry(shortened(each.name), icon);
      icon.nextSibling.title = each.name;
    }
  }

  drawLook() {
    this.look.replaceChildren();
    if (!this.data.suggestions.length) return;
    element("span", this.look, "Look here:");
    for (const one of this.data.suggestions) {
      element("button", this.look, one.title).onclick = () => this.choose(one.rows);
    }
  }

  // What a point is drawn as, in a frame.
  sign(frame, i) {
    const { data } = this, kind = data.colouring;
    if (kind === "distortion") return [ramp(frame.distortion[i] / 255), "circle"];
    if (data.scores) {
      const [low, high] = data.range, span = high - low || 1;
      const value = kind === "class" ? this.labels[i] : frame.predicted[i];
      return [ramp(kind === "error" ? Math.abs(value - this.labels[i]) / span : (value - low) / span), "circle"];
    }
    if (kind === "error") {
      const e = data.errors[frame.predicted[i] === this.labels[i] ? 0 : 1];
      return [e.color, e.symbol];
    }
    const c = data.classes[this.classAt.get(kind === "class" ? this.labels[i] : frame.predicted[i])];
    return c ? [c.color, c.symbol] : ["#8a9297", "circle"];
  }

  stampOf(color, symbol) {
    const key = color + symbol;
    if (!this.stamps.has(key)) this.stamps.set(key, stamp(color, symbol, this.radius(), this.ratio));
    return this.stamps.get(key);
  }

  radius() { return this.n > 3000 ? 2.2 : this.n > 900 ? 3 : 3.8; }

  resize() {
    if (!this.data) return;
    this.ratio = window.devicePixelRatio || 1;
    for (const p of this.panels) {
      const box = p.canvas.getBoundingClientRect();
      if (!box.width) continue;
      p.width = box.width - 2;
      p.height = box.height - 2;
      p.canvas.width = Math.round(p.width * this.ratio);
      p.canvas.height = Math.round(p.height * this.ratio);
    }
    this.stamps = new Map();
    this.refresh();
  }

  // The kept frames of a run before and after a place on the slider, and how far between.
  between(run) {
    const low = Math.floor(this.at), step = this.data.steps[low], next = this.data.steps[Math.min(low + 1, this.last())];
    const until = (s) => { let k = 0; run.frames.forEach((f, j) => { if (f.step <= s) k = j; }); return run.frames[k]; };
    return [until(step), until(next), this.at - low];
  }

  // What a picture shows, lowest x and y, highest x and y: every point of every run and step, so that the axes stand
  // still under the slider; at a scale of its own, this run's points alone.
  window([a, b, f]) {
    if (!this.isOwn()) return this.data.box;
    const after = boxOf(b, this.n);
    return boxOf(a, this.n).map((edge, k) => edge + f * (after[k] - edge));
  }

  refresh() {
    if (!this.queued) this.queued = requestAnimationFrame((now) => { this.queued = 0; this.frame(now); });
  }

  frame(now) {
    if (!this.data) return;
    if (this.playing) {
      const passed = Math.max(0, Math.min(0.1, (now - this.before) / 1000)); // a frame may bear a time before the click
      this.at = Math.min(this.last(), this.at + passed / SECONDS_A_STEP);
      this.before = now;
      this.drawn = (this.drawn || 0) + 1;
      if (this.at >= this.last()) this.rest();
      else this.refresh();
    }
    this.slider.value = this.at;
    this.play.textContent = this.playing ? "❚❚ Pause" : "▶ Play";
    const step = this.data.steps[Math.floor(this.at + 1e-6)];
    this.stepText.textContent = `step ${step.toLocaleString("en")}`;
    this.slider.setAttribute("aria-valuetext", `step ${step}`);
    this.count.textContent = this.chosen.size ? `${this.chosen.size} chosen` : `${this.n.toLocaleString("en")} rows`;
    this.panels.forEach((p, k) => this.paint(p, this.runs[k]));
    this.say();
  }

  paint(p, run) {
    if (!p.width) return;
    const g = p.canvas.getContext("2d"), [a, b, f] = this.between(run), [x0, y0, x1, y1] = this.window([a, b, f]);
    const pad = 14, scale = Math.min((p.width - 2 * pad) / (x1 - x0 || 1), (p.height - 2 * pad) / (y1 - y0 || 1));
    const left = p.width / 2 - (scale * (x0 + x1)) / 2, top = p.height / 2 + (scale * (y0 + y1)) / 2;
    const side = 4 * this.radius(), put = (i, where) => {
      const [color, symbol] = this.sign(a, i);
      where.drawImage(this.stampOf(color, symbol), p.x[i] - side / 2, p.y[i] - side / 2, side, side);
    };
    const now = [a, b, f, left, top, scale, this.chosen, this.stamps, this.data.colouring];
    if (!p.drawn || now.some((one, k) => one !== p.drawn[k])) {
      p.drawn = now;
      if (p.x.length !== this.n) { p.x = new Float32Array(this.n); p.y = new Float32Array(this.n); }
      for (let i = 0; i < this.n; i++) {
        p.x[i] = left + scale * (a.points[2 * i] + f * (b.points[2 * i] - a.points[2 * i]));
        p.y[i] = top - scale * (a.points[2 * i + 1] + f * (b.points[2 * i + 1] - a.points[2 * i + 1]));
      }
      this.paintPoints(p, put);
    }
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, p.canvas.width, p.canvas.height);
    g.drawImage(p.layer, 0, 0);
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    const ink = getComputedStyle(this.root).color, focus = this.hover ?? this.row;
    g.strokeStyle = ink;
    if (focus !== null) {
      g.lineWidth = 1;
      g.globalAlpha = 0.75;
      for (let k = 0; k < a.across; k++) {
        const j = a.near[focus * a.across + k];
        g.beginPath(); g.moveTo(p.x[focus], p.y[focus]); g.lineTo(p.x[j], p.y[j]); g.stroke();
      }
      g.globalAlpha = 1;
      for (const i of new Set([focus, this.row ?? focus])) {
        put(i, g);
        g.lineWidth = 2;
        g.beginPath(); g.arc(p.x[i], p.y[i], 9, 0, 7); g.stroke();
      }
    }
    if (this.lasso && this.lasso.panel === p) {
      g.lineWidth = 1.5; g.setLineDash([5, 4]); g.beginPath();
      for (const [x, y] of this.lasso.path) g.lineTo(x, y);
      g.closePath(); g.stroke(); g.setLineDash([]);
    }
    if (p.shown !== a) {
      p.shown = a;
      p.figures.replaceChildren();
      for (const [name, value] of a.figures) {
        const one = element("span", p.figures, `${name} `);
        element("b", one, value);
      }
    }
  }

  // All points, on a canvas of their own: a pointer that moves over 10,000 of them does not have them drawn anew.
  paintPoints(p, put) {
    p.layer = p.layer || document.createElement("canvas");
    Object.assign(p.layer, { width: p.canvas.width, height: p.canvas.height }); // which clears it
    const g = p.layer.getContext("2d"), some = this.chosen.size > 0;
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.globalAlpha = some ? 0.13 : 0.82;
    for (let i = 0; i < this.n; i++) if (!some || !this.chosen.has(i)) put(i, g);
    g.globalAlpha = 1;
    if (some) this.chosen.forEach((i) => put(i, g));
  }

  say() {
    const i = this.hover ?? this.row;
    this.tip.replaceChildren();
    if (i === null) {
      element("span", this.tip, "Point at a row to see it in every picture with its true neighbours; draw round some, or click one.", "more");
      return;
    }
    const name = (id) => (this.data.scores ? id.toFixed(2) : (this.data.classes[this.classAt.get(id)] || { name: String(id) }).name);
    element("b", this.tip, name(this.labels[i]));
    element("span", this.tip, `  ${this.data.texts[i] || ""}`);
    const said = this.runs.map((run) => `${run.name}: ${name(this.between(run)[0].predicted[i])}`);
    element("div", this.tip, said.join("  ·  "), "more");
  }

  place(k, e) {
    const box = this.panels[k].canvas.getBoundingClientRect();
    return [e.clientX - box.left - 1, e.clientY - box.top - 1];
  }

  nearest(p, x, y) {
    let best = null, least = REACH * REACH;
    for (let i = 0; i < this.n; i++) {
      const d = (p.x[i] - x) ** 2 + (p.y[i] - y) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  down(k, e) {
    this.panels[k].canvas.setPointerCapture(e.pointerId);
    this.lasso = { panel: this.panels[k], path: [this.place(k, e)], add: e.shiftKey };
  }

  move(k, e) {
    const [x, y] = this.place(k, e);
    if (this.lasso) this.lasso.path.push([x, y]);
    else this.hover = this.nearest(this.panels[k], x, y);
    this.refresh();
  }

  up(k, e) {
    const lasso = this.lasso, p = this.panels[k];
    this.lasso = null;
    if (!lasso) return;
    const [x, y] = this.place(k, e), xs = lasso.path.map((q) => q[0]), ys = lasso.path.map((q) => q[1]);
    if (Math.max(...xs) - Math.min(...xs) < 5 && Math.max(...ys) - Math.min(...ys) < 5) {
      const row = this.nearest(p, x, y);
      if (row !== null) this.open(row);
      return;
    }
    const inside = [];
    for (let i = 0; i < this.n; i++) if (within(lasso.path, p.x[i], p.y[i])) inside.push(i);
    this.choose(lasso.add ? [...this.chosen, ...inside] : inside);
  }

  key(k, e) {
    const p = this.panels[k], way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    const i = this.hover ?? this.row;
    if (way) {
      const from = i === null ? [p.width / 2, p.height / 2] : [p.x[i], p.y[i]];
      let best = null, least = Infinity;
      for (let j = 0; j < this.n; j++) {
        const dx = p.x[j] - from[0], dy = p.y[j] - from[1], along = dx * way[0] + dy * way[1];
        const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
        if (j !== i && along > 0.5 && along + 2 * aside < least) { least = along + 2 * aside; best = j; }
      }
      if (best !== null) this.hover = best;
    } else if (e.key === " " && i !== null) {
      const next = new Set(this.chosen);
      if (!next.delete(i)) next.add(i);
      this.choose([...next]);
    } else if (e.key === "c" && i !== null) {
      this.choose([...Array(this.n).keys()].filter((j) => this.labels[j] === this.labels[i]));
    } else if (e.key === "Enter" && i !== null) this.open(i);
    else if (e.key === "Escape") this.clear();
    else return;
    e.preventDefault();
    this.refresh();
  }

  find() {
    const words = this.search.value.trim().toLowerCase();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.choose(words ? [...Array(this.n).keys()].filter((i) => (this.data.texts[i] || "").toLowerCase().includes(words)) : []);
    }, 250);
  }

  choose(rows) {
    this.chosen = new Set(rows);
    this.tell("rows", [...this.chosen].sort((a, b) => a - b));
    this.refresh();
  }

  open(row) {
    this.row = row;
    this.tell("row", row);
    this.refresh();
  }

  clear() {
    this.search.value = "";
    this.hover = null;
    if (this.row !== null) this.open(null);
    this.choose([]);
  }

  toggle() {
    if (this.playing) return this.rest();
    if (this.at >= this.last()) this.at = 0;
    this.playing = true;
    this.before = performance.now();
    this.refresh();
  }

  rest() {
    this.playing = false;
    this.at = Math.round(this.at);
    this.refresh();
    this.tell("step", this.at < this.last() ? this.data.steps[this.at] : "end");
  }

  called() { return `clusters-step-${this.data.steps[Math.round(this.at)]}`; }

  // What the file says of itself: the settings of the runs, and where every row lies.
  about() {
    const rows = [];
    this.runs.forEach((run) => {
      const [a] = this.between(run);
      for (let i = 0; i < this.n; i++) {
        rows.push([run.name, a.step, i, this.labels[i], a.predicted[i], a.points[2 * i], a.points[2 * i + 1]]);
      }
    });
    return { title: "Clusters", settings: this.data.settings, columns: ["run", "step", "row", "label", "predicted", "x", "y"], data: rows };
  }

  // The pictures as they stand on a slide of 1280 x 720, whatever the page's width.
  svg() {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
    const put = (parent, kind, values, text) => {
      const made = document.createElementNS(ns, kind);
      for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
      if (text !== undefined) made.textContent = text;
      parent.appendChild(made);
      return made;
    };
    const [wide, high, edge] = [1280, 720, 24], style = getComputedStyle(this.root);
    const write = (x, y, size, text, more = {}) =>
      put(svg, "text", { x, y, "font-family": "sans-serif", "font-size": size, fill: "currentColor", ...more }, text);
    for (const [name, value] of Object.entries({ width: wide, height: high, color: style.color })) svg.setAttribute(name, value);
    put(svg, "rect", { width: wide, height: high, fill: style.getPropertyValue("--st-background-color") || "#fff" });
    write(edge, 36, 20, `Embeddings of the same ${this.n.toLocaleString("en")} rows, step ${this.data.steps[Math.round(this.at)]}${this.isOwn() ? ", each at a scale of its own" : ""}`, { "font-weight": 600 });
    const entries = this.data.scores || this.data.colouring === "distortion" ? [] : this.data.colouring === "error" ? this.data.errors : this.data.classes;
    const lines = [[]];
    let at = edge;
    for (const each of entries) {
      const long = 40 + 9 * each.name.length;
      if (at + long > wide) { lines.push([]); at = edge; }
      lines.at(-1).push([at, each]);
      at += long;
    }
    const bottom = Math.max(high / 2, high - 12 - 24 * lines.length); // a very long legend does not push the pictures out
    lines.forEach((line, row) => line.forEach(([x, each]) => {
      put(svg, "path", { d: pathOf(each.symbol, 6), transform: `translate(${x + 6} ${bottom + 18 + 24 * row})`, fill: each.color });
      write(x + 18, bottom + 23 + 24 * row, 16, each.name);
    }));
    const across = Math.min(2, this.panels.length), down = Math.ceil(this.panels.length / across);
    const [w, h] = [(wide - 2 * edge) / across, (bottom - 48) / down];
    // The points fill their part of the slide, all on one scale unless each has its own.
    const ends = this.panels.map((p) => [p.x, p.y].map((all) => all.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity])));
    const all = [0, 1].map((axis) => [Math.min(...ends.map((one) => one[axis][0])), Math.max(...ends.map((one) => one[axis][1]))]);
    this.panels.forEach((p, k) => {
      const [a] = this.between(this.runs[k]), x = edge + (k % across) * w, y = 48 + Math.floor(k / across) * h;
      const short = (text, one = 9) => { const most = Math.floor(w / one); return text.length > most ? `${text.slice(0, most - 1)}…` : text; };
      write(x, y + 20, 16, short(this.runs[k].name), { "font-weight": 600 });
      write(x, y + 40, 14, short(a.figures.map((f) => f.join(" ")).join(", "), 7.2));
      const [[left, right], [top, low]] = this.isOwn() ? ends[k] : all;
      const grown = Math.min((w - 32) / Math.max(1, right - left), (h - 72) / Math.max(1, low - top));
      const place = [x + w / 2 - (grown * (left + right)) / 2, y + 48 + (h - 52) / 2 - (grown * (top + low)) / 2];
      const part = put(svg, "g", { transform: `translate(${place}) scale(${grown})` });
      const shapes = {}, shape = (symbol) => (shapes[symbol] ??= pathOf(symbol, (1.5 * this.radius()) / grown));
      for (let i = 0; i < this.n; i++) {
        const [color, symbol] = this.sign(a, i);
        const dot = put(part, "path", { d: shape(symbol), transform: `translate(${p.x[i].toFixed(1)} ${p.y[i].toFixed(1)})`, fill: color, "fill-opacity": 0.8 });
        put(dot, "title", {}, this.data.texts[i] || "");
      }
    });
    return svg;
  }
}

function within(path, x, y) {
  let inside = false;
  for (let a = 0, b = path.length - 1; a < path.length; b = a++) {
    const [ax, ay] = path[a], [bx, by] = path[b];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const host = parentElement.querySelector(".pictures");
  let pictures = memory.get(host);
  if (!pictures) {
    pictures = new Pictures(host, (name, value) => pictures.report(name, value));
    memory.set(host, pictures);
    host.pictures = pictures;
  }
  pictures.report = setStateValue;
  if (pictures.source !== data) {
    pictures.source = data;
    pictures.setData(data);
  }
  return () => { if (!host.isConnected) pictures.playing = false; };
}
