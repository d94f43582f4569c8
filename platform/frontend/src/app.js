// Every page: the look, and htmx for parts that move.
import "./app.css";
import htmx from "htmx.org";
import { toggleTheme } from "./look/colours.js";
import { drawBars } from "./look/bars.js";
import { filterLists } from "./look/filter.js";
import { closeMenusFromOutside } from "./look/menus.js";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
});

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:load", (event) => drawBars(event.detail.elt.parentNode ?? document));
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-toggle-theme]")) toggleTheme();
  if (event.target.closest?.("[data-print]")) window.print();
});
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-submit-on-change]")) return;
  const { form } = event.target;
  if (form.requestSubmit) form.requestSubmit();
  else form.submit(); // Safari before 16
});
closeMenusFromOutside();
filterLists();
drawBars();
