// Runs forms in the engine of ODK Web Forms. Every line in is {"forms": [XML], "paths": [paths]}; every line out tells,
// for each form, the text of those nodes after the engine has computed what is to be computed.

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { JSDOM } from "jsdom";

// The engine is made for browsers. Its parser takes Node for a CommonJS program, so it gets what it looks for there.
const require = createRequire(import.meta.url);
Object.assign(globalThis, { require, __dirname: dirname(require.resolve("jsdom")) });
const { window } = new JSDOM("", { url: "http://localhost" });
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^[A-Z]/.test(name) && !(name in globalThis)) globalThis[name] = window[name];
}
Object.assign(globalThis, { window, document: window.document, File: window.File, Blob: window.Blob });
const { loadForm } = await import("@getodk/xforms-engine");

const fetchFormAttachment = async (name) => {
  throw new Error(`the form asks for ${name}`);
};

function nodesBelow(node, found = new Map()) {
  found.set(node.currentState.reference, node);
  for (const child of node.currentState.children ?? []) nodesBelow(child, found);
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { forms, paths } = JSON.parse(line);
  const told = [];
  for (const form of forms) {
    const loaded = await loadForm(form, { fetchFormAttachment });
    if (!loaded.createInstance) throw loaded.error;
    const nodes = nodesBelow(loaded.createInstance().root);
    told.push(paths.map((path) => String(nodes.get(path).currentState.value)));
  }
  process.stdout.write(JSON.stringify(told) + "\n");
}
process.exit(0);
