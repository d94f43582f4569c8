import assert from "node:assert/strict";
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { fill, languages, speaker } from "../src/form/messages.js";
import { fitWithin } from "../src/form/photos.js";
import { newId } from "../src/form/ids.js";

test("both languages say everything, with the same values", () => {
  const places = (words) => Object.entries(words).map(([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).sort()]);
  assert.deepEqual(places(languages.en), places(languages.zh));
});

test("every word the form says has a text", () => {
  const folder = new URL("../src/form/", import.meta.url);
  const source = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const said = [...source.matchAll(/\b(?:say|tell)\("(\w+)"|"(pick\w+)"/g)].map(([, key, pick]) => key ?? pick);
  assert.ok(said.length > 10);
  assert.deepEqual(said.filter((key) => !(key in languages.zh)), []);
});

test("the page's own wording replaces the built-in one", () => {
  assert.equal(speaker("zh-CN")("min", { min: 3 }), "不能小于 3");
  assert.equal(speaker("en", { min: "≥ {min}" })("min", { min: 3 }), "≥ 3");
  assert.equal(fill("{a} {b}", { a: 1 }), "1 {b}");
});

test("a photo is made to fit and never enlarged", () => {
  assert.deepEqual(fitWithin(4000, 3000), { width: 1600, height: 1200 });
  assert.deepEqual(fitWithin(3000, 4000), { width: 1200, height: 1600 });
  assert.deepEqual(fitWithin(640, 480), { width: 640, height: 480 });
  assert.deepEqual(fitWithin(9000, 1), { width: 1600, height: 1 });
});

test("an id is a version 4 UUID with and without the browser's help", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newId(), shape);
  assert.match(newId({ getRandomValues: (bytes) => bytes.fill(255) }), shape);
});
