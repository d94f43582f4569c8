import assert from "node:assert/strict";
import { test } from "node:test";
import { findMistakes, settle } from "../src/form/rules.js";
import { conditions } from "./conditions.js";

const exit = conditions(["exit", "width", "shot", "why", "note"], {
  shown: {
    width: (a) => a.exit === "blocked",
    shot: (a) => a.exit !== undefined && a.exit !== "clear",
    why: (a) => a.width !== undefined && a.width < 1,
  },
  musts: [{ refused: (a) => a.width !== undefined && a.width <= 0.3, message: "核对单位", questions: ["width"] }],
  required: { exit: true, width: true, shot: true },
  limits: { width: { min: 0, max: 10 }, shot: { atLeast: 2, atMost: 9 }, note: { atMost: 3 } },
});
const sheet = (given) => settle(exit, given, {});
const mistakes = (given, unreadable) =>
  findMistakes(exit, exit.questions, sheet(given), {}, unreadable).map(({ question, code }) => [question, code]);

test("a question appears when its condition is certainly true", () => {
  assert.deepEqual([...sheet({}).shown], ["exit", "note"]);
  assert.deepEqual([...sheet({ exit: "blocked" }).shown], ["exit", "width", "shot", "note"]);
});

test("hiding a question drops its answer, and hides what that answer showed", () => {
  const { shown, answers } = sheet({ exit: "clear", width: 0.5, why: "narrow" });
  assert.deepEqual([...shown], ["exit", "note"]);
  assert.deepEqual(answers, { exit: "clear" });
});

test("only questions that are shown are required", () => {
  assert.deepEqual(mistakes({}), [["exit", "required"]]);
  assert.deepEqual(mistakes({ exit: "clear" }), []);
  assert.deepEqual(mistakes({ exit: "blocked" }), [["width", "required"], ["shot", "required"]]);
});

test("numbers, files and texts keep to their limits", () => {
  assert.deepEqual(mistakes({ exit: "blocked", width: 11, shot: 1 }), [["width", "max"], ["shot", "atLeastFiles"]]);
  assert.deepEqual(mistakes({ exit: "blocked", width: -1, shot: 10 }), [["width", "min"], ["shot", "atMostFiles"]]);
  assert.deepEqual(mistakes({ exit: "clear", note: "四个字了" }), [["note", "atMostText"]]);
});

test("what is no number is said to be none, not to be missing", () => {
  assert.deepEqual(mistakes({ exit: "blocked", shot: 2 }, new Set(["width"])), [["width", "number"]]);
});

test("a must refuses with the author's words, at the question it concerns", () => {
  const found = findMistakes(exit, exit.questions, sheet({ exit: "blocked", width: 0.2, shot: 2 }), {});
  assert.deepEqual(found, [{ question: "width", code: "must", text: "核对单位" }]);
});

test("a must about hidden questions is said of the whole form", () => {
  const musts = [{ refused: () => true, message: "no", questions: ["gone"] }];
  const rules = conditions(["gone"], { musts, shown: { gone: () => false } });
  assert.equal(findMistakes(rules, ["gone"], settle(rules, {}, {}), {})[0].question, null);
});

test("patterns and numbers of choices are checked", () => {
  const rules = conditions(["phone", "kinds"], { limits: { phone: { pattern: "^1\\d{10}$" }, kinds: { atLeast: 2, atMost: 3 } } });
  const found = (given) => findMistakes(rules, rules.questions, settle(rules, given, {}), {}).map(({ code }) => code);
  assert.deepEqual(found({ phone: "13800000000", kinds: ["a", "b"] }), []);
  assert.deepEqual(found({ phone: "1380000000", kinds: ["a"] }), ["pattern", "atLeastChoices"]);
});
