// Says which box of the icicle beside it was opened: the next figure, of other settings, is to open there as well.

export default function ({ data, parentElement, setStateValue }) {
  const place = `.st-key-${data.key} .js-plotly-plot`;
  clearInterval(parentElement.waits);
  let tries = 0;
  parentElement.waits = setInterval(() => {
    const figure = document.querySelector(place);
    if (++tries > 100 || figure?.followed) clearInterval(parentElement.waits);
    if (!figure?.on || figure.followed) return;
    figure.followed = true;
    figure.on("plotly_icicleclick", ({ nextLevel }) => { setStateValue("level", nextLevel ?? ""); });
  }, 100);
}
