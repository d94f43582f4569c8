import assert from "node:assert/strict";
import { test } from "node:test";
import { compareCells } from "../src/look/tables.js";

const sorted = (...cells) => cells.sort((a, b) => compareCells(a, b, "zh"));

test("numbers and percentages sort by size, nothing comes first", () => {
  assert.deepEqual(sorted("10", "9", "", "1,200"), ["", "9", "10", "1,200"]);
  assert.deepEqual(sorted("100.0%", "98.1%", "9.5%"), ["9.5%", "98.1%", "100.0%"]);
});

test("names sort as the language does", () => {
  assert.deepEqual(sorted("镇二", "安镇", "北镇"), ["安镇", "北镇", "镇二"]);
});
