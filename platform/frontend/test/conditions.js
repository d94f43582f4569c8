/** An item's conditions module as the compiler would emit it, from conditions written by hand. */
export function conditions(questions, { shown = {}, musts = [], required = {}, limits = {} }) {
  const isShown = (name, answers, context) => shown[name]?.(answers, context) ?? true;
  const sheet = (given, context) => {
    const kept = Object.fromEntries(Object.entries(given).filter(([, answer]) => answer !== null));
    for (let again = true; again; ) {
      const hidden = questions.find((name) => name in kept && !isShown(name, kept, context));
      again = hidden !== undefined && delete kept[hidden];
    }
    return kept;
  };
  const visible = (given, context) => questions.filter((name) => isShown(name, sheet(given, context), context));
  return { questions, shown, musts, required, limits, sheet, visible };
}
