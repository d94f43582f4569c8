import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswer, readLocation, unreadable } from "../src/form/answers.js";

const typed = (value) => [{ type: "text", value }];
const ticks = (type, ...chosen) => ["a", "b", "c"].map((value) => ({ type, value, checked: chosen.includes(value) }));

test("nothing entered is blank for every type", () => {
  for (const type of ["integer", "decimal", "text", "date", "time", "scan", "person", "location"]) {
    assert.equal(readAnswer(type, typed("  ")), null, type);
  }
  for (const type of ["one_of", "yes_no", "check"]) assert.equal(readAnswer(type, ticks("radio")), null, type);
  assert.equal(readAnswer("any_of", ticks("checkbox")), null);
});

test("a choice is its name, several are a list in the form's order", () => {
  assert.equal(readAnswer("one_of", ticks("radio", "b")), "b");
  assert.equal(readAnswer("one_of", [{ type: "select-one", value: "b" }]), "b");
  assert.deepEqual(readAnswer("any_of", ticks("checkbox", "c", "a")), ["a", "c"]);
});

test("numbers are read as the keyboards here type them", () => {
  assert.equal(readAnswer("integer", typed("40")), 40);
  assert.equal(readAnswer("integer", typed("４０")), 40);
  assert.equal(readAnswer("decimal", typed("０．３")), 0.3);
  assert.equal(readAnswer("decimal", typed("-1.5")), -1.5);
  assert.equal(readAnswer("decimal", typed("−２。５")), -2.5);
});

test("what is not a number of the type is blank and unreadable", () => {
  for (const [type, value] of [["integer", "1.5"], ["integer", "many"], ["decimal", "1e3"], ["decimal", "0x1f"], ["decimal", "5²"]]) {
    assert.equal(readAnswer(type, typed(value)), null, value);
    assert.equal(unreadable(type, typed(value)), true, value);
  }
  assert.equal(unreadable("integer", typed("7")), false);
  assert.equal(unreadable("integer", typed("")), false);
  assert.equal(unreadable("integer", [{ type: "number", value: "", validity: { badInput: true } }]), true);
});

test("a location is two numbers on the globe", () => {
  assert.deepEqual(readLocation("23.02, 113.75"), { lat: 23.02, lng: 113.75 });
  assert.deepEqual(readLocation("23.02,113.75,12"), { lat: 23.02, lng: 113.75, accuracy: 12 });
  assert.equal(readLocation("23.02"), null);
  assert.equal(readLocation("123,113"), null);
});
