/**
 * Choosing several entries of a list: `form[data-choose]` holds check boxes `name=case`, one `[data-choose-all]` for all of
 * them, and `[data-chosen]`, which says how many are. As long as there are none there is nothing to send.
 */
export function checkAll() {
  for (const form of document.querySelectorAll("form[data-choose]")) watch(form);
}

function watch(form) {
  const all = form.querySelector("[data-choose-all]");
  const boxes = [...form.querySelectorAll("input[type=checkbox][name=case]")];
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    form.querySelector("[data-chosen]").textContent = chosen ? String(chosen) : "";
    for (const button of form.querySelectorAll("button")) button.disabled = !chosen;
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  };
  if (all) {
    all.closest("label").hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      count();
    });
  }
  form.addEventListener("change", ({ target }) => target !== all && count());
  count();
}
