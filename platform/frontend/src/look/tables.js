/** Makes every heading of a table a button that sorts its body by that column. */
export function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sortBy(table, heads, column));
  });
}

function sortBy(table, heads, column) {
  const down = heads[column].getAttribute("aria-sort") !== "descending";
  for (const head of heads) head.setAttribute("aria-sort", "none");
  heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [cellValue(row.cells[column]), row]);
  rows.sort(([a], [b]) => compareCells(a, b) * (down ? -1 : 1));
  body.append(...rows.map(([, row]) => row));
}

/** What a cell sorts by: `data-value` where the text is for eyes only (3 小时), else the text; a dash is nothing. */
function cellValue(cell) {
  return cell.dataset.value ?? cell.textContent.trim().replace(/^—$/, "");
}

/** Numbers and percentages by size, anything else by the page's language; an empty cell is smaller than any other. */
export function compareCells(a, b, language = document.documentElement.lang) {
  if (a === "" || b === "") return (a !== "") - (b !== "");
  const difference = amount(a) - amount(b);
  return Number.isNaN(difference) ? a.localeCompare(b, language || "zh") : difference;
}

function amount(text) {
  return Number(text.replace(/[,%\s]/g, ""));
}
