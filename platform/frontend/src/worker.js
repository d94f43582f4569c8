// A worker's pages: the form, and the reports that wait on this phone.
import { startForm } from "./form/form.js";
import { openDrafts } from "./form/drafts.js";
import { speaker } from "./form/messages.js";
import { flushQueue, send } from "./form/sending.js";
import { showQueue } from "./form/queue.js";

const user = meta("gewu-user");
const token = () => meta("csrf-token");
const say = speaker(document.documentElement.lang, embedded("gewu-messages"));
const sendOne = (draft) => send(draft, { fetch: window.fetch.bind(window), token: token() });
const arrived = (id) => location.assign(`/receipts/${id}`);

start();

async function start() {
  const drafts = await openDrafts();
  const form = document.querySelector("form[data-gewu-form]");
  const flush = async () => {
    const result = await flushQueue(drafts, user, sendOne);
    showQueue(document.querySelector("[data-gewu-queue]"), result, say);
    return result;
  };
  // The form's own report may be among those that went out once the network was back.
  const fromHere = new Set();
  window.addEventListener("online", async () => {
    const { sent } = await flush();
    const own = sent.find((id) => fromHere.has(id));
    if (own) arrived(own);
  });
  await flush();
  if (!form) return;
  const { item, version } = form.dataset;
  const rules = await import(form.dataset.conditions ?? `/items/${item}/${version}/conditions.js`);
  await startForm(form, {
    rules,
    context: embedded("gewu-context"),
    drafts,
    say,
    user,
    token,
    arrived,
    sendOne: (draft) => {
      fromHere.add(draft.id);
      return sendOne(draft);
    },
  });
}

function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

function embedded(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : {};
}
