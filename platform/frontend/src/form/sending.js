// One report on its way: attachments first, then the form; and the queue of those that wait for the network.

/**
 * What is reported, without when: `where` is `{place, grid, location}`, each left out where it is not known.
 *
 * `answers` are those that count; that of an attached question is replaced by the names of its `files`.
 */
export function describe({ item, version }, { place, grid, location }, answers, files) {
  const named = Object.entries(files).filter(([question]) => question in answers);
  return {
    item,
    version,
    ...(place && { place }),
    ...(grid && { grid }),
    ...(location && { location: { lon: location.lng, lat: location.lat } }),
    answers: { ...answers, ...Object.fromEntries(named.map(([question, list]) => [question, namesOf(list)])) },
  };
}

function namesOf(files) {
  return files.map(({ name }) => name);
}

/** The files that go with a report: those of questions that are answered. */
function filesOf({ answers }, files) {
  return Object.entries(files).flatMap(([question, list]) => (question in answers ? list : []));
}

/** The submission as the server takes it: the report, when it was made, and the digest of each attachment. */
export async function makeBody(report, files, reportedAt) {
  const digests = await Promise.all(filesOf(report, files).map(async ({ name, blob }) => [name, await sha256(blob)]));
  return { ...report, reported_at: reportedAt, files: Object.fromEntries(digests.filter(([, digest]) => digest)) };
}

/** Lower-case hex; null on a page without TLS, where the browser offers no digests. */
export async function sha256(blob) {
  if (!globalThis.crypto?.subtle) return null;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends one draft. Nothing is thrown: the outcome's `kind` is
 *
 * - `accepted`, with the `receipt`;
 * - `refused`, with `mistakes` (`{question, text}`);
 * - `conflict`: this id was used for another report;
 * - `signedOut`: the session or its token is over;
 * - `failed`: a refusal that waiting does not mend, with `detail`;
 * - `later`: no network, or a server that is down or busy.
 */
export async function send(draft, { fetch, token }) {
  const base = `/api/v1/submissions/${draft.id}`;
  const put = (address, body, type) =>
    fetch(address, {
      method: "PUT",
      body,
      credentials: "same-origin",
      headers: { "Content-Type": type, "X-CSRFToken": token, Accept: "application/json" },
    });
  try {
    for (const { name, type, blob } of filesOf(draft.body, draft.files)) {
      const answer = await put(`${base}/files/${encodeURIComponent(name)}`, blob, type);
      if (!answer.ok) return await judge(answer);
    }
    return await judge(await put(base, JSON.stringify(draft.body), "application/json"));
  } catch {
    return { kind: "later" };
  }
}

async function judge(answer) {
  if (answer.ok) return { kind: "accepted", receipt: await answer.json() };
  const problem = await answer.json().catch(() => ({}));
  if (answer.status === 422) {
    const mistakes = (problem.errors ?? []).map(({ question, where, message }) => ({
      question: question || where || null,
      text: message,
    }));
    return mistakes.length ? { kind: "refused", mistakes } : { kind: "failed", detail: detailOf(answer, problem) };
  }
  if (answer.status === 409) return { kind: "conflict" };
  if (answer.status === 401 || problem.code === "csrf") return { kind: "signedOut" };
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) return { kind: "later" };
  return { kind: "failed", detail: detailOf(answer, problem) };
}

function detailOf(answer, { detail, title }) {
  return detail ?? title ?? String(answer.status);
}

/**
 * Sends what this user has waiting, oldest first, and stops at the first that has to wait.
 *
 * A refused one becomes a draft in state `returned` that carries the mistakes. Returns `{sent, waiting, returned}`:
 * the ids the server has now, and the drafts that still wait or came back.
 */
export async function flushQueue(drafts, user, sendOne) {
  const queued = (await drafts.all()).filter((draft) => draft.state === "queued" && draft.user === user);
  queued.sort((a, b) => a.changed - b.changed);
  const sent = [];
  let blocked = false;
  for (const draft of queued) {
    if (blocked) break;
    const outcome = await sendOne(draft);
    blocked = outcome.kind === "later" || outcome.kind === "signedOut";
    if (outcome.kind === "accepted") {
      sent.push(draft.id);
      await drafts.remove(draft.id);
    } else if (!blocked) {
      await drafts.put(returned(draft, outcome));
    }
  }
  const left = (await drafts.all()).filter((draft) => draft.user === user);
  return {
    sent,
    waiting: left.filter((draft) => draft.state === "queued"),
    returned: left.filter((draft) => draft.state === "returned"),
  };
}

/** A report that came back is written again under the same id, and its body made anew when it is next sent. */
function returned(draft, { kind, mistakes = [], detail = null }) {
  return { ...draft, state: "returned", body: null, reason: kind, mistakes, detail };
}
