/**
 * Shows where the report would go and by when, as the server decides it now.
 *
 * `preview(sheet)` may be called at every change: it asks once the hand has rested, and only the newest answer is
 * shown. Without a network the last one stays.
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
      if (answer.ok) box.innerHTML = await answer.text();
    } catch {
      // Offline, or overtaken by the next change: the box keeps what it shows.
    }
  };
  return (sheet) => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(sheet), pause);
  };
}
