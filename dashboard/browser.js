// What only the browser can know: whether anybody looks at this tab, and that a choice was made in a narrow window.
(() => {
  if (window.labBrowser) return; // the page is drawn again and again, the window stays
  window.labBrowser = true;

  // Streamlit redraws live parts by interval timers. In a hidden tab nobody sees them: they wait.
  const setInterval = window.setInterval.bind(window);
  window.setInterval = (act, wait, ...words) =>
    typeof act === "function" ? setInterval(() => document.hidden || act(...words), wait) : setInterval(act, wait);

  // On a phone the navigation lies over the page: it gives way once a page is chosen.
  document.addEventListener("click", (event) => {
    if (window.innerWidth > 768 || !event.target.closest('[data-testid="stSidebarNavLink"]')) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 150);
  });
})();
