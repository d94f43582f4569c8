/** Sets light or dark on the page: what was chosen on this device, else what the system prefers. */
export function applyTheme(root = document.documentElement) {
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.setAttribute("data-bs-theme", chosenTheme() ?? preferred);
}

export function toggleTheme(root = document.documentElement) {
  const next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("gewu-theme", next);
  } catch {
    // Storage may be closed (private window): the choice then lasts as long as the page.
  }
  root.setAttribute("data-bs-theme", next);
}

function chosenTheme() {
  try {
    return localStorage.getItem("gewu-theme");
  } catch {
    return null;
  }
}
