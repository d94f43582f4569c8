import assert from "node:assert/strict";
import { test } from "node:test";
import { filterLists, matches } from "../src/look/filter.js";

test("an entry is found by a word, a number or its initials, in any case", () => {
  const text = "疏散通道堵塞 sstdds A-001 demo.exit";
  for (const typed of [["疏散"], ["sstd"], ["a-001"], ["EXIT".toLowerCase()], ["通道", "a-0"]]) assert.ok(matches(text, typed));
  assert.ok(matches(text, []));
  assert.ok(!matches(text, ["井盖"]));
  assert.ok(!matches(text, ["疏散", "井盖"]));
});

/** Just enough of a page: two groups of entries, and what is said when nothing is found. */
function page(groups) {
  const entries = groups.flat();
  const group = (own) => ({ hidden: false, querySelector: () => own.find((entry) => !entry.hidden) ?? null });
  const boxes = groups.map(group);
  const empty = { hidden: true };
  const list = {
    parentElement: { querySelector: () => empty },
    querySelector: () => entries.find((entry) => !entry.hidden) ?? null,
    querySelectorAll: (selector) => (selector.includes("group") ? boxes : entries),
  };
  return { list, boxes, empty };
}

test("what does not match is hidden, with its group, and an empty list says so", () => {
  const entry = (filterText) => ({ hidden: false, dataset: { filterText } });
  const [exit, lamp, cover] = [entry("疏散通道 sstd"), entry("应急照明 yjzm"), entry("井盖 jg")];
  const { list, boxes, empty } = page([[exit, lamp], [cover]]);
  let type;
  globalThis.document = {
    addEventListener: (name, listener) => (type = (value) => listener({ target: { dataset: { filter: "#list" }, value } })),
    querySelector: () => list,
  };
  filterLists();
  type(" YJ ");
  assert.deepEqual([exit, lamp, cover].map(({ hidden }) => hidden), [true, false, true]);
  assert.deepEqual([...boxes.map(({ hidden }) => hidden), empty.hidden], [false, true, true]);
  type("没有");
  assert.deepEqual([...boxes.map(({ hidden }) => hidden), empty.hidden], [true, true, false]);
  type("");
  assert.deepEqual([exit, lamp, cover, ...boxes].map(({ hidden }) => hidden), [false, false, false, false, false]);
  delete globalThis.document;
});
