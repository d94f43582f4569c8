// What is not yet with the server: drafts being written and reports waiting for the network.
//
// A draft is `{id, key, user, page, title, state, values, site, files, body, reportedAt, mistakes, changed}`: `key` says
// which form it is for, `state` is `writing`, `queued` or `returned`, `values` are raw inputs by name and `site` those that
// say where, `files` maps a question to `[{name, type, blob}]`, `body` is the submission as it was first sent (sending it
// again sends the same), `mistakes` what a server that was reached later refused.

import { openDB } from "idb";

/** The drafts of this browser; in memory only where it closes its database, which `lasting` tells. */
export async function openDrafts() {
  try {
    const database = await openDB("gewu", 1, {
      upgrade(db) {
        db.createObjectStore("drafts", { keyPath: "id" }).createIndex("key", "key");
      },
    });
    return {
      lasting: true,
      put: (draft) => database.put("drafts", draft),
      remove: (id) => database.delete("drafts", id),
      all: () => database.getAll("drafts"),
      withKey: (key) => database.getAllFromIndex("drafts", "key", key),
    };
  } catch {
    return draftsInMemory();
  }
}

export function draftsInMemory() {
  const kept = new Map();
  return {
    lasting: false,
    put: async (draft) => void kept.set(draft.id, { ...draft }),
    remove: async (id) => void kept.delete(id),
    all: async () => [...kept.values()].map((draft) => ({ ...draft })),
    withKey: async (key) => [...kept.values()].filter((draft) => draft.key === key).map((draft) => ({ ...draft })),
  };
}

/** Which form a draft belongs to: whose, of which item, at which place. A phone passes from shift to shift. */
export function draftKey({ user = "", item, place = "", visit = "" }) {
  return [user, item, place, visit].join("|");
}

/** The draft to go on with: the newest for this form that is not already on its way. */
export async function findDraft(drafts, key) {
  const open = (await drafts.withKey(key)).filter((draft) => draft.state !== "queued");
  return open.sort((a, b) => b.changed - a.changed)[0] ?? null;
}
