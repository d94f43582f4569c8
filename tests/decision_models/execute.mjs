// Opens decision models with dmn-moddle and executes them with feelin. A line on stdin is {xml, contexts}; the line on
// stdout that answers it is {problems, results}: per context the value of every decision.
import { createInterface } from "node:readline";
import { DmnModdle } from "dmn-moddle";
import { evaluate, unaryTest } from "feelin";

const moddle = new DmnModdle();
const local = (element, name) => element.$type === `dmn:${name}`;

// In FEEL both are null without further ado: a number made of a null, and an entry that a context does not have.
const expected = new Set(["INVALID_TYPE", "NO_CONTEXT_ENTRY_FOUND"]);

function note(warnings, text, problems) {
  for (const { type, message } of warnings ?? []) {
    if (!expected.has(type)) problems.add(`${type}: ${message} in ${text}`);
  }
}

function calculate(text, context, problems) {
  const { value, warnings } = evaluate(text, context);
  note(warnings, text, problems);
  return value;
}

/** Hit policy FIRST: the output of the first rule all of whose cells match. */
function decideTable(table, context, problems) {
  if (table.hitPolicy !== "FIRST") problems.add(`hit policy ${table.hitPolicy}`);
  const inputs = table.input.map((input) => calculate(input.inputExpression.text, context, problems));
  for (const rule of table.rule) {
    const matches = rule.inputEntry.every(({ text }, index) => {
      const { value, warnings } = unaryTest(text, { ...context, "?": inputs[index] });
      note(warnings, text, problems);
      return value === true;
    });
    if (matches) return calculate(rule.outputEntry[0].text, context, problems);
  }
  return null;
}

/** The decisions, each behind those it requires. */
function order(decisions) {
  const byId = new Map(decisions.map((decision) => [decision.id, decision]));
  const ordered = new Set();
  const visit = (decision) => {
    for (const { requiredDecision } of decision.informationRequirement ?? []) {
      if (requiredDecision) visit(byId.get(requiredDecision.href.slice(1)));
    }
    ordered.add(decision);
  };
  decisions.forEach(visit);
  return [...ordered];
}

/** What a decision may read: the inputs and decisions that it says it requires, nothing else. */
function required(decision, elements, values) {
  const context = {};
  for (const { requiredInput, requiredDecision } of decision.informationRequirement ?? []) {
    const { name } = elements.get((requiredInput ?? requiredDecision).href.slice(1));
    context[name] = values[name] ?? null;
  }
  return context;
}

async function answer({ xml, contexts }) {
  const problems = new Set();
  const { rootElement, warnings } = await moddle.fromXML(xml);
  for (const warning of warnings) problems.add(warning.message);
  const elements = new Map(rootElement.drgElement.map((element) => [element.id, element]));
  const decisions = order(rootElement.drgElement.filter((element) => local(element, "Decision")));
  const results = contexts.map((context) => {
    const values = { ...context };
    for (const decision of decisions) {
      const logic = decision.decisionLogic;
      const readable = required(decision, elements, values);
      const run = local(logic, "DecisionTable")
        ? () => decideTable(logic, readable, problems)
        : () => calculate(logic.text, readable, problems);
      values[decision.name] = run();
    }
    return Object.fromEntries(decisions.map(({ name }) => [name, values[name]]));
  });
  return { problems: [...problems], results };
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (error) {
    reply = { problems: [String(error.stack)], results: [] };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
