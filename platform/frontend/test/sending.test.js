import assert from "node:assert/strict";
import { test } from "node:test";
import { draftKey, draftsInMemory, findDraft } from "../src/form/drafts.js";
import { describe, flushQueue, makeBody, send } from "../src/form/sending.js";

const blob = new Blob(["abc"], { type: "image/jpeg" });
const photo = { name: "shot-1.jpg", type: "image/jpeg", blob };
const form = { item: "park.bench", version: "v1" };
const at = "2026-03-02T01:00:00.000Z";
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function draft(id, more = {}) {
  const files = { shot: [photo] };
  const body = await makeBody(describe(form, { place: "p1" }, { exit: "locked", shot: 1 }, files), files, at);
  return { id, key: "k", user: "li", state: "queued", changed: 1, files, body, ...more };
}

function server(...answers) {
  const calls = [];
  const fetch = async (address, { method, headers }) => {
    calls.push([method, address, headers["X-CSRFToken"]]);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next === "offline") throw new TypeError("network");
    return Response.json(next.body ?? {}, { status: next.status });
  };
  return { calls, net: { fetch, token: "t0" } };
}

test("a body names its attachments and their digests", async () => {
  const { body } = await draft("u1");
  assert.deepEqual(body, {
    item: "park.bench",
    version: "v1",
    place: "p1",
    answers: { exit: "locked", shot: ["shot-1.jpg"] },
    reported_at: at,
    files: { "shot-1.jpg": abc },
  });
});

test("a report without a place says where it is", () => {
  const report = describe(form, { place: "", grid: undefined, location: { lat: 23, lng: 113, accuracy: 9 } }, {}, {});
  assert.deepEqual(report, { item: "park.bench", version: "v1", location: { lon: 113, lat: 23 }, answers: {} });
});

test("files of a question no longer shown stay on the phone", async () => {
  const files = { shot: [photo] };
  const body = await makeBody(describe(form, {}, { exit: "clear" }, files), files, at);
  assert.deepEqual([body.answers, body.files], [{ exit: "clear" }, {}]);
  const { calls, net } = server({ status: 201 });
  await send({ id: "u1", files, body }, net);
  assert.equal(calls.length, 1);
});

test("attachments go before the form, each with the token", async () => {
  const { calls, net } = server({ status: 201, body: { id: "u1" } });
  const outcome = await send(await draft("u1"), net);
  assert.deepEqual(outcome, { kind: "accepted", receipt: { id: "u1" } });
  assert.deepEqual(calls, [
    ["PUT", "/api/v1/submissions/u1/files/shot-1.jpg", "t0"],
    ["PUT", "/api/v1/submissions/u1", "t0"],
  ]);
});

test("every answer of the server has one meaning", async () => {
  const refused = { errors: [{ where: "exit", code: "must", message: "请核对" }] };
  for (const [status, body, kind] of [
    [200, { id: "u1" }, "accepted"],
    [422, refused, "refused"],
    [422, {}, "failed"],
    [409, {}, "conflict"],
    [401, {}, "signedOut"],
    [400, { code: "csrf" }, "signedOut"],
    [403, { detail: "不在本网格" }, "failed"],
    [429, {}, "later"],
    [503, {}, "later"],
  ]) {
    const { net } = server({ status: 200 }, { status, body });
    assert.equal((await send(await draft("u1"), net)).kind, kind, `${status} ${JSON.stringify(body)}`);
  }
  const { net } = server({ status: 200 }, { status: 422, body: refused });
  assert.deepEqual((await send(await draft("u1"), net)).mistakes, [{ question: "exit", text: "请核对" }]);
});

test("no network, or an answer that is no problem document, loses nothing", async () => {
  assert.deepEqual(await send(await draft("u1"), server("offline").net), { kind: "later" });
  const fetch = async () => new Response("<h1>bad gateway", { status: 502 });
  assert.deepEqual(await send(await draft("u1"), { fetch, token: "" }), { kind: "later" });
});

test("the queue goes out oldest first, and each report leaves the phone once the server has it", async () => {
  const drafts = draftsInMemory();
  await drafts.put(await draft("second", { changed: 2 }));
  await drafts.put(await draft("first", { changed: 1 }));
  const result = await flushQueue(drafts, "li", async () => ({ kind: "accepted" }));
  assert.deepEqual(result, { sent: ["first", "second"], waiting: [], returned: [] });
  assert.deepEqual(await drafts.all(), []);
});

test("without a network the queue stays whole and is not tried further", async () => {
  const drafts = draftsInMemory();
  for (const id of ["a", "b"]) await drafts.put(await draft(id));
  let tries = 0;
  const result = await flushQueue(drafts, "li", async () => ({ kind: (tries += 1) && "later" }));
  assert.equal(tries, 1);
  assert.equal(result.waiting.length, 2);
});

test("a refused report comes back with its mistakes and does not block the others", async () => {
  const drafts = draftsInMemory();
  await drafts.put(await draft("bad", { changed: 1 }));
  await drafts.put(await draft("good", { changed: 2 }));
  const mistakes = [{ question: "exit", text: "请核对" }];
  const result = await flushQueue(drafts, "li", async ({ id }) =>
    id === "bad" ? { kind: "refused", mistakes } : { kind: "accepted" },
  );
  assert.deepEqual(result.sent, ["good"]);
  const back = await findDraft(drafts, "k");
  assert.equal(back.id, "bad");
  assert.equal(back.state, "returned");
  assert.deepEqual(back.mistakes, mistakes);
});

test("one person's reports are never sent in another's name", async () => {
  const drafts = draftsInMemory();
  await drafts.put(await draft("u1", { user: "wang" }));
  const result = await flushQueue(drafts, "li", async () => assert.fail("sent another's report"));
  assert.deepEqual(result, { sent: [], waiting: [], returned: [] });
  assert.notEqual(draftKey({ user: "li", item: "a" }), draftKey({ user: "wang", item: "a" }));
});

test("the newest draft of this form is the one to go on with, unless it is on its way", async () => {
  const drafts = draftsInMemory();
  await drafts.put({ id: "old", key: "k", state: "writing", changed: 1 });
  await drafts.put({ id: "new", key: "k", state: "writing", changed: 2 });
  await drafts.put({ id: "sent", key: "k", state: "queued", changed: 3 });
  await drafts.put({ id: "other", key: "elsewhere", state: "writing", changed: 4 });
  assert.equal((await findDraft(drafts, "k")).id, "new");
  assert.equal(await findDraft(drafts, "nowhere"), null);
});
