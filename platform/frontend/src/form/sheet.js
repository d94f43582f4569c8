// The form as it stands in the page: reading its inputs, showing and hiding questions, putting words beside them.

import { ATTACHED, readAnswer, unreadable } from "./answers.js";

const INPUTS = "input:not([type=file]):not([type=button]), select, textarea";

/** The questions of a form, in its order: `{name, type, box, controls, error}`. */
export function readSheet(form) {
  return [...form.querySelectorAll(".gewu-question[data-question]")].map((box) => {
    const { question: name, type } = box.dataset;
    return { name, type, box, error: box.querySelector("[data-error]"), controls: [...box.querySelectorAll(INPUTS)] };
  });
}

/** Every answer by name (`null` while blank; an attached type's is its number of files), and the unreadable ones. */
export function readAnswers(sheet, files) {
  const answers = {};
  const wrong = new Set();
  for (const { name, type, controls } of sheet) {
    answers[name] = ATTACHED.has(type) ? files[name]?.length || null : readAnswer(type, controls);
    if (unreadable(type, controls)) wrong.add(name);
  }
  return { answers, unreadable: wrong };
}

/** What a draft keeps of the inputs: the values of each, or those that are ticked. */
export function readValues(sheet) {
  return Object.fromEntries(
    sheet.map(({ name, controls }) => [
      name,
      controls.filter((control) => !ticks(control) || control.checked).map((control) => control.value),
    ]),
  );
}

export function writeValues(sheet, values) {
  for (const { name, controls } of sheet) {
    const kept = values[name];
    if (!kept) continue;
    controls.forEach((control, index) => {
      if (ticks(control)) control.checked = kept.includes(control.value);
      else control.value = kept[index] ?? "";
    });
  }
}

function ticks(control) {
  return control.type === "radio" || control.type === "checkbox";
}

/** A hidden question's inputs are disabled: neither sent nor reached by the keyboard. A heading goes with its questions. */
export function showQuestions(form, sheet, shown) {
  for (const { name, box } of sheet) {
    box.hidden = !shown.has(name);
    for (const control of box.querySelectorAll("input, select, textarea, button")) control.disabled = box.hidden;
  }
  let heading = null;
  for (const element of form.querySelectorAll(".gewu-section, .gewu-question")) {
    if (element.matches(".gewu-section")) {
      heading = element;
      heading.hidden = true;
    } else if (heading && !element.hidden) heading.hidden = false;
  }
}

/** Puts each mistake's words below its question and clears the others. `words` maps a question to a text. */
export function showMistakes(sheet, words) {
  for (const { name, box, error, controls } of sheet) {
    const text = words.get(name) ?? "";
    if (error.textContent !== text) error.textContent = text;
    error.hidden = text === "";
    box.toggleAttribute("data-refused", text !== "");
    for (const control of controls) {
      control.setAttribute("aria-invalid", String(text !== ""));
      control.classList.toggle("is-invalid", text !== "");
    }
  }
}

export function goToQuestion(sheet, name) {
  const box = sheet.find((question) => question.name === name)?.box;
  box?.scrollIntoView({ block: "center" });
  box?.querySelector("input:not([type=hidden]), select, textarea, button")?.focus({ preventScroll: true });
}
