/** `<input data-filter="#list">` hides the entries of the list whose `data-filter-text` lacks a word that was typed. */
export function filterLists() {
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.filter) filterList(document.querySelector(target.dataset.filter), target.value);
  });
}

function filterList(list, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of list.querySelectorAll("[data-filter-text]")) {
    entry.hidden = !matches(entry.dataset.filterText, words);
  }
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    group.hidden = !group.querySelector("[data-filter-text]:not([hidden])");
  }
  const empty = list.parentElement.querySelector("[data-filter-empty]");
  if (empty) empty.hidden = list.querySelector("[data-filter-text]:not([hidden])") !== null;
}

/** Whether every word occurs in the text, letter case aside. */
export function matches(text, words) {
  const searched = text.toLowerCase();
  return words.every((word) => searched.includes(word));
}
