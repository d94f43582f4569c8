// What the compiled item says about a sheet of answers. Pure: no page, no storage, no clock.
//
// `rules` is the item's conditions module: `sheet`, `visible`, `musts`, `required`, `limits`. Every condition in it is
// true only where it is certainly true, so a blank answer neither shows a question nor refuses a submission.

/** `{shown: Set, answers}`: the questions on the form, and the answers that count, blanks and hidden ones left out. */
export function settle(rules, given, context) {
  return { shown: new Set(rules.visible(given, context)), answers: rules.sheet(given, context) };
}

/** The words a mistake is told in: a key of the messages and what to put into them, or the author's own `text`. */
function mistake(question, code, values = {}) {
  return { question, code, values };
}

/**
 * What keeps these answers from being sent, in the order of the form: at most one mistake a question.
 *
 * `settled` is what `settle` returned; `unreadable` names the questions whose input is no number at all.
 */
export function findMistakes(rules, questions, settled, context, unreadable = new Set()) {
  const { shown, answers } = settled;
  const found = new Map();
  for (const name of questions) {
    if (!shown.has(name)) continue;
    const wrong = unreadable.has(name)
      ? mistake(name, "number")
      : name in answers
        ? outOfLimits(name, answers[name], rules.limits[name] ?? {})
        : rules.required[name] && mistake(name, "required");
    if (wrong) found.set(name, wrong);
  }
  for (const { refused, message, questions: concerned = [] } of rules.musts) {
    if (!refused(answers, context)) continue;
    const at = concerned.find((name) => shown.has(name)) ?? null;
    if (!found.has(at)) found.set(at, { question: at, code: "must", text: message });
  }
  const place = new Map(questions.map((name, index) => [name, index]));
  return [...found.values()].sort((a, b) => (place.get(a.question) ?? Infinity) - (place.get(b.question) ?? Infinity));
}

function outOfLimits(name, answer, { min, max, atLeast, atMost, pattern }) {
  const number = typeof answer === "number";
  if (number && min != null && answer < min) return mistake(name, "min", { min });
  if (number && max != null && answer > max) return mistake(name, "max", { max });
  const size = typeof answer === "string" ? [...answer].length : Array.isArray(answer) ? answer.length : answer;
  const kind = typeof answer === "string" ? "Text" : Array.isArray(answer) ? "Choices" : "Files";
  if (atLeast != null && size < atLeast) return mistake(name, `atLeast${kind}`, { atLeast });
  if (atMost != null && size > atMost) return mistake(name, `atMost${kind}`, { atMost });
  if (pattern && typeof answer === "string" && !new RegExp(pattern, "u").test(answer)) return mistake(name, "pattern");
  return null;
}
