/** A strict CSP allows no `style` attribute: lengths come as `data-percent` and are set here. */
export function drawBars(root = document) {
  for (const bar of root.querySelectorAll("[data-percent]")) {
    const percent = Math.min(100, Math.max(0, Number(bar.dataset.percent) || 0));
    bar.style.width = `${percent}%`;
  }
}
