// What only the browser can know: whether anybody looks at this tab, that a choice was made in a narrow window, where the
// focus was, and when it has nothing to do.
(() => {
  if (window.labBrowser) return; // the page is drawn again and again, the window stays
  window.labBrowser = true;

  // Streamlit redraws live parts by interval timers. In a hidden tab nobody sees them: they wait.
  const setInterval = window.setInterval.bind(window);
  window.setInterval = (act, wait, ...words) =>
    typeof act === "function" ? setInterval(() => document.hidden || act(...words), wait) : setInterval(act, wait);

  // On a phone the navigation lies over the page: it gives way once a page is chosen, be it before this script came.
  // The button is there while the drawer is open, which a page still being drawn may open again: a busy server may begin
  // with it seconds after the choice.
  const LOOKS = 60;
  let pressed = 0;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { pressed = performance.now(); }, { capture: true, passive: true });
  }
  const running = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState !== "notRunning";
  const close = (since, left) => {
    if (window.innerWidth > 768 || pressed > since) return; // the drawer may be what was pressed again
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    if (left) setTimeout(close, 150, since, running() ? left : left - 1);
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-testid="stSidebarNavLink"]')) setTimeout(close, 150, performance.now(), LOOKS);
  });
  const opened = performance.getEntriesByType("navigation")[0]?.name;
  if (opened && new URL(opened).pathname !== location.pathname) close(performance.now(), LOOKS);

  // Streamlit's boxes of code scroll, but by the wheel alone: where they do, the keyboard reaches them.
  const scrolls = (box) => box.scrollHeight > box.clientHeight || box.scrollWidth > box.clientWidth;
  window.setInterval(() => {
    for (const box of document.querySelectorAll('[data-testid="stCode"] pre')) if (scrolls(box)) box.tabIndex = 0;
  }, 1000);

  // A dialog that is answered leaves the keyboard's focus nowhere: it goes back to what opened the dialog; where that is
  // gone with the run it belonged to, to the row of the table that is chosen now.
  let opener = null;
  const row = () => [...document.querySelectorAll('[class*="st-key-runs"] *')].flatMap((one) => one.shadowRoot ?? [])
    .flatMap((root) => root.querySelector("tr.on th button") ?? root.querySelector("tbody th button") ?? [])[0];
  document.addEventListener("focusin", ({ target }) => { opener = target.closest('[role="dialog"]') ? opener : target; });
  document.addEventListener("click", ({ target }) => {
    const dialog = target.closest('[role="dialog"]');
    const look = (left) => {
      const lost = () => !dialog.isConnected && document.activeElement === document.body;
      if (lost()) opener?.focus();
      if (lost()) row()?.focus(); // the opener is gone, or cannot be focused any more
      if (left) setTimeout(look, 50, left - 1);
    };
    if (dialog) setTimeout(look, 50, 60);
  });

  // What a button opens stands at the end of the document: Tab leads into it, as it would were it beneath the button.
  document.addEventListener("keydown", (event) => {
    const opened = event.target.closest?.('[data-testid="stPopover"] button[aria-expanded="true"]');
    if (event.key !== "Tab" || event.shiftKey || !opened) return;
    const inside = document.querySelector('[data-testid="stPopoverBody"]');
    const first = inside?.querySelector("button:not(:disabled), input:not(:disabled), textarea, a[href]");
    if (!first) return;
    event.preventDefault();
    first.focus();
  });

  // What other pages are drawn with comes in while this one is read, a part at a time, and never while it is worked on.
  let touched = performance.now();
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    document.addEventListener(kind, () => { touched = performance.now(); }, { capture: true, passive: true });
  }
  const part = (name) => new URL(`static/js/${name}`, document.baseURI).href;
  const rest = (wait) => new Promise((done) => setTimeout(() => (window.requestIdleCallback ?? setTimeout)(done), wait)); // Safari has none
  const calm = () =>
    !document.hidden && performance.now() - touched > 400 &&
    document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning";
  (async () => {
    await rest(2000);
    for (const name of window.labParts) { // read and compiled beside the page
      const link = document.createElement("link");
      Object.assign(link, { rel: "modulepreload", href: part(name), crossOrigin: "" });
      document.head.appendChild(link);
    }
    await rest(1000);
    for (const name of window.labParts) {
      while (!calm()) await rest(200);
      await import(part(name)).catch(() => {}); // the page asks again when it needs it
      await rest(50);
    }
    window.labReady = true;
  })();
})();
