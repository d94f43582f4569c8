// The generated form's behaviour: what happens between a change of an answer and a report with the server.

import { collectFiles } from "./attachments.js";
import { readLocation } from "./answers.js";
import { draftKey, findDraft } from "./drafts.js";
import { newId } from "./ids.js";
import { offerPosition } from "./position.js";
import { chosenCases, previewer } from "./preview.js";
import { findMistakes, settle } from "./rules.js";
import { offerScan } from "./scanner.js";
import { goToQuestion, readAnswers, readSheet, readValues, showMistakes, showQuestions, writeValues } from "./sheet.js";
import { describe, makeBody } from "./sending.js";

/**
 * Brings the form to life.
 *
 * `rules` is the item's conditions module, `context` the facts it reads besides the answers, `drafts` a store as
 * `openDrafts` gives it, `say` the page's words, `user` whose drafts these are, `token()` the CSRF token, and
 * `sendOne(draft)` sends. `arrived(id)` is called once the server has the report.
 */
export async function startForm(form, { rules, context, drafts, say, user, token, sendOne, arrived }) {
  const { item, version, place = "", visit = "" } = form.dataset;
  const sheet = readSheet(form);
  const names = sheet.map(({ name }) => name);
  const key = draftKey({ user, item, place, visit });
  const kept = await findDraft(drafts, key);
  const draft = kept ?? { id: newId(), key, user, page: location.href, title: form.dataset.title ?? item, files: {} };
  const siteInputs = [...form.querySelectorAll("[data-report-location], [name=grid]")];
  const save = saver(drafts, draft, () => ({ values: readValues(sheet), site: siteInputs.map(({ value }) => value) }));
  const status = form.querySelector("[data-form-status]");
  const tell = (key, values) => status && (status.textContent = say(key, values));
  const where = () => ({
    place,
    grid: form.querySelector("[name=grid]")?.value,
    location: readLocation(form.querySelector("[data-report-location]")?.value ?? ""),
  });
  const box = form.querySelector("[data-preview]");
  const preview = box ? previewer(form, box, token) : () => {};
  const complaints = new Map();
  let attempted = false;
  let busy = false;

  form.noValidate = true;
  if (kept) {
    writeValues(sheet, kept.values);
    siteInputs.forEach((input, index) => (input.value = kept.site?.[index] ?? input.value));
  }
  collectFiles(sheet, draft.files, {
    say,
    changed,
    complain: (name, key) => refuse([{ question: name, text: say(key) }]),
  });
  offerPosition(form, { say, changed: () => changed(null) });
  offerScan(form);
  form.addEventListener("input", ({ target }) => changed(questionOf(target)));
  form.addEventListener("change", ({ target }) => target.type !== "file" && changed(questionOf(target)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!busy) submit();
  });
  refresh();
  if (kept) {
    tell("restored");
    refuse(kept.mistakes ?? []);
  }

  /** Reads the sheet, shows what it makes relevant and what is wrong with it. */
  function refresh() {
    const read = readAnswers(sheet, draft.files);
    const settled = settle(rules, read.answers, context);
    showQuestions(form, sheet, settled.shown);
    const mistakes = findMistakes(rules, names, settled, context, read.unreadable);
    const words = new Map(complaints);
    for (const { question, code, text, values } of mistakes) {
      if (attempted || code !== "required") words.set(question, text ?? say(code, values));
    }
    showMistakes(sheet, words);
    const report = describe({ item, version }, where(), settled.answers, draft.files);
    // Where nothing yet says where it is, nobody can say to whom it would go.
    if (report.place || report.grid || report.location) preview(report);
    const added = chosenCases(box);
    return { report: Object.keys(added).length ? { ...report, add_to: added } : report, mistakes, words };
  }

  function changed(name) {
    if (name) complaints.delete(name);
    refresh();
    save().then(() => tell(drafts.lasting ? "saved" : "unsaved"));
  }

  function refuse(mistakes) {
    if (!mistakes.length) return;
    for (const { question, text } of mistakes) complaints.set(names.includes(question) ? question : null, text);
    const { words } = refresh();
    tell("refused", { count: words.size });
    if (status && words.has(null)) status.textContent = words.get(null);
    goToQuestion(sheet, mistakes[0].question);
  }

  async function submit() {
    attempted = true;
    complaints.clear();
    const { report, mistakes } = refresh();
    if (mistakes.length) {
      refuse(mistakes.map(({ question, text, code, values }) => ({ question, text: text ?? say(code, values) })));
      return;
    }
    busy = true;
    tell("sending");
    draft.reportedAt ??= new Date().toISOString();
    draft.body = await makeBody(report, draft.files, draft.reportedAt);
    // Queued before it is sent: whatever happens to the page from here on, the report goes out.
    await save("queued");
    await settleWith(await sendOne(draft));
    busy = false;
  }

  async function settleWith({ kind, mistakes, detail }) {
    if (kind === "accepted") {
      await drafts.remove(draft.id);
      tell("sent");
      arrived(draft.id);
    } else if (kind === "later" || kind === "signedOut") {
      lock(form);
      tell(kind === "later" ? "queued" : "signIn");
    } else {
      draft.body = null;
      if (mistakes?.some(({ question }) => question === "reported_at")) delete draft.reportedAt;
      await save("writing");
      if (kind === "refused") refuse(mistakes);
      else tell(kind, { detail });
    }
  }
}

function questionOf(target) {
  return target.closest(".gewu-question")?.dataset.question ?? null;
}

/** A report that waits for the network is no longer written: what is sent later must be what was sent first. */
function lock(form) {
  for (const control of form.elements) control.disabled = true;
}

/** `save(state)` keeps the draft as it stands; saves run one after another, and those still waiting become one. */
function saver(drafts, draft, typed) {
  let running = Promise.resolve();
  let waiting = null;
  return (state = "writing") => {
    Object.assign(draft, { state, changed: Date.now(), mistakes: [], ...typed() });
    waiting ??= running.then(() => {
      waiting = null;
      return drafts.put(draft);
    });
    running = waiting.catch(() => {
      drafts.lasting = false;
    });
    return running;
  };
}
