// The supervisor's board and every page with a table to sort or a map.
import "leaflet/dist/leaflet.css";
import { makeSortable } from "./look/tables.js";

for (const table of document.querySelectorAll("table[data-sortable]")) makeSortable(table);

const maps = document.querySelectorAll("[data-gewu-map]");
if (maps.length) {
  import("./map/areas.js").then(({ drawMap }) => maps.forEach((box) => drawMap(box)));
}
