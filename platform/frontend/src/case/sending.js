/**
 * A command is sent once, and never into nowhere.
 *
 * Without a network the form stays as it is and says so; a second tap while the first is on its way does nothing.
 */
export function guardSending(say) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-command]")) return;
    if (navigator.onLine === false) {
      event.preventDefault();
      tell(form, say("offline"));
    } else if (form.dataset.sending) {
      event.preventDefault();
    } else {
      form.dataset.sending = "1";
      tell(form, say("sending"));
    }
  });
  // What is missing may stand in a part that is closed, where nobody could see why nothing happens.
  document.addEventListener("invalid", ({ target }) => openAround(target), true);
  // Back from the answer: the page comes out of the browser's memory as it was left.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      tell(form, "");
    }
  });
}

function openAround(element) {
  const closed = element.parentElement?.closest("details:not([open])");
  if (!closed) return;
  closed.open = true;
  openAround(closed);
}

function tell(form, text) {
  const status = form.querySelector("[data-command-status]");
  if (status) status.textContent = text;
}
