/**
 * Shows where the report would go and by when, as the server decides it now.
 *
 * `preview(sheet)` may be called at every change: it asks once the hand has rested, and only the newest answer is
 * shown. Without a network the last one stays. What was chosen in it stays chosen (`chosenCases`).
 */
export function previewer(form, box, token, pause = 500) {
  let timer;
  let asked;
  const address = form.dataset.preview ?? `/items/${form.dataset.item}/preview`;
  const ask = async (sheet) => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(address, {
        method: "POST",
        credentials: "same-origin",
        signal: asked.signal,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token(), Accept: "text/html" },
        body: JSON.stringify(sheet),
      });
      if (answer.ok) show(box, await answer.text());
    } catch {
      // Offline, or overtaken by the next change: the box keeps what it shows.
    }
  };
  return (sheet) => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(sheet), pause);
  };
}

function show(box, html) {
  const chosen = chosenCases(box);
  box.innerHTML = html;
  for (const input of box.querySelectorAll("[data-add-to]")) {
    const kept = chosen[input.dataset.addTo];
    if (kept !== undefined) input.checked = Number(input.value) === kept;
  }
}

/** The open case that each finding is to be added to, by finding; those that open a case of their own are left out. */
export function chosenCases(box) {
  const chosen = [...(box?.querySelectorAll("[data-add-to]:checked") ?? [])].filter(({ value }) => value);
  return Object.fromEntries(chosen.map(({ value, dataset }) => [dataset.addTo, Number(value)]));
}
