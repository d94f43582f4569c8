import L from "leaflet";

const lights = { green: "#1a7f37", yellow: "#b7791f", red: "#c0261c" };

/**
 * Draws the GeoJSON that stands in the `<script type="application/json">` whose id `data-gewu-map` names.
 *
 * A feature's properties may have `label`, `light` (`green`, `yellow`, `red`), and `href`, which a tap opens. There are
 * no tiles: no address outside the house is ever asked.
 */
export function drawMap(box) {
  const shapes = JSON.parse(document.getElementById(box.dataset.gewuMap).textContent);
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.25 });
  const layer = L.geoJSON(shapes, {
    style: ({ properties }) => ({ color: lights[properties.light] ?? "#5a6a7a", weight: 1.5, fillOpacity: 0.25 }),
    pointToLayer: ({ properties }, at) =>
      L.circleMarker(at, { radius: 8, color: lights[properties.light] ?? "#206bc4", fillOpacity: 0.7 }),
    onEachFeature: ({ properties }, shape) => {
      if (properties.label) shape.bindTooltip(label(properties.label));
      if (properties.href) shape.on("click", () => location.assign(properties.href));
    },
  }).addTo(map);
  const bounds = layer.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: 17 });
  else map.setView([0, 0], 1);
  return map;
}

function label(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}
