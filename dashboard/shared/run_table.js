// The table of runs: a click on a row chooses it, a box adds it to the choice; everything works by keyboard.
// In: data.columns, data.rows (texts and, for each, what it sorts by), data.chosen, data.view. Out: `pick`, `view`.
const make = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element[key] = value;
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.filter((part) => part !== null)); // text is appended as text: nothing is ever parsed
  return element;
};

// Of a name that is too long both ends are seen.
const END = 16;
const name = (text) =>
  [text.slice(0, -END), text.slice(-END)].map((part, end) => part && make("span", { class: end ? "end" : "start" }, part));

const bar = (share) => make("span", { class: "bar" }, make("i", { style: `width:${Math.round(100 * share)}%` }));

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".runs");
  const told = JSON.stringify(data);
  if (root.told === told) return; // a tick without news must not take a button from under a click
  root.told = told;
  const focused = parentElement.activeElement?.dataset?.focus ?? document.activeElement?.dataset?.focus;
  const pick = (id, add) => {
    root.told = ""; // a box that was ticked in vain is drawn as it was
    setTriggerValue("pick", { id, add, at: Date.now() });
  };
  const view = (change) => setTriggerValue("view", { ...data.view, ...change });

  const head = data.columns.map(({ key, label, sortable }) => {
    const sorted = data.view.sort === key;
    const arrow = sorted ? (data.view.falling ? " ↓" : " ↑") : "";
    const order = sorted ? (data.view.falling ? "descending" : "ascending") : undefined;
    if (!sortable) return make("th", { scope: "col", class: key }, label);
    const turn = () => view({ sort: key, falling: sorted ? !data.view.falling : key !== "name", page: 0 });
    return make("th", { scope: "col", class: key, "aria-sort": order },
      make("button", { type: "button", onclick: turn, "data-focus": `sort-${key}` }, label + arrow));
  });

  const chosen = new Set(data.chosen);
  const pinned = Math.min(data.pinned, data.rows.filter((row) => chosen.has(row.id)).length);
  let above = 0;
  const rows = data.rows.map((row) => {
    const on = chosen.has(row.id);
    const box = make("input", { type: "checkbox", "aria-label": `Choose ${row.name} too`, checked: on,
      "data-focus": `box-${row.id}`, onclick: (event) => { event.stopPropagation(); pick(row.id, true); } });
    const cells = data.columns.map(({ key }) => {
      if (key === "name")
        return make("th", { scope: "row", class: key, title: `${row.name} (${row.id})` },
          make("button", { type: "button", "data-focus": `row-${row.id}`, "aria-pressed": String(on), "aria-label": row.name },
            make("span", { class: "dot", style: on ? `background:${row.color}` : "" }), ...name(row.name)));
      if (key === "progress")
        return make("td", { class: key, title: row.progress_text }, row.state === "finished" ? null : bar(row.progress),
          row.state === "finished" ? "" : make("span", { class: "percent" }, ` ${row.progress_text}`));
      if (key === "state") {
        const [sign, ...words] = row.state_text.split(" ");
        return make("td", { class: `${key} ${row.tone}`, title: row.state_text }, sign,
          make("span", { class: "word" }, ` ${words.join(" ")}`));
      }
      if (key === "score") {
        const [own, ...spread] = row.score.split(" (");
        return make("td", { class: key, title: [row.score, row.best].filter(Boolean).join(", ") }, own,
          make("span", { class: "spread" }, ...spread.map((part) => ` (${part}`)),
          make("span", { class: "best" }, row.best ? `, ${row.best}` : ""));
      }
      return make("td", { class: key, title: row[key] }, row[key]);
    });
    const style = on && above < pinned ? `--place:${above};--after:${pinned - ++above}` : undefined;
    return make("tr", { class: on ? "on" : "", style, "data-id": row.id,
      onclick: (event) => pick(row.id, event.ctrlKey || event.metaKey || event.shiftKey) },
      make("td", { class: "box" }, box), ...cells);
  });

  const table = make("table", {}, make("thead", {}, make("tr", {}, make("td", { class: "box" }), ...head)),
    make("tbody", {}, ...rows));
  const frame = make("div", { class: "frame", tabindex: "-1" }, table);
  // Tab stops at one row, its box and its name: arrows lead to the others, or nobody would get past fifty of them.
  const stops = ["tbody .box input", "tbody th button"].map((kind) => [...frame.querySelectorAll(kind)]);
  const rest = (at) => stops.flat().forEach((one) => { one.tabIndex = one.closest("tr") === at ? 0 : -1; });
  rest(frame.querySelector("tr.on") ?? frame.querySelector("tbody tr"));
  frame.onfocusin = ({ target }) => { if (target.closest("tbody")) rest(target.closest("tr")); };
  frame.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const column = stops.find((kind) => kind.includes(event.target));
    if (!step || !column) return;
    event.preventDefault();
    column[Math.min(column.length - 1, Math.max(0, column.indexOf(event.target) + step))].focus();
  };
  const pages = Math.ceil(data.total / data.size);
  const turn = (to, label) => make("button", { type: "button", disabled: to < 0 || to >= pages,
    onclick: () => view({ page: to }), "data-focus": `page-${label}` }, label);
  const first = data.view.page * data.size;
  const [back, forth] = data.view.sort ? ["previous", "next"] : ["newer", "older"];
  const foot = pages < 2 ? [] : [make("div", { class: "foot" }, turn(data.view.page - 1, back),
    make("span", {}, `${first + 1} to ${Math.min(data.total, first + data.size)} of ${data.total} runs`),
    turn(data.view.page + 1, forth))];

  const before = root.querySelector(".frame")?.scrollTop ?? 0;
  root.replaceChildren(frame, ...foot);
  frame.scrollTop = before;
  if (focused) root.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
