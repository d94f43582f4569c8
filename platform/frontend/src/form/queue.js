/** Says how many reports wait on this phone, and links those that came back to their forms. */
export function showQueue(box, { waiting, returned }, say) {
  if (!box) return;
  const lines = [];
  if (waiting.length) lines.push(line(say("waiting", { count: waiting.length })));
  if (returned.length) {
    lines.push(line(say("returned", { count: returned.length })));
    const list = document.createElement("ul");
    for (const { page, title } of returned) {
      const link = document.createElement("a");
      link.href = page;
      link.textContent = title;
      const entry = document.createElement("li");
      entry.append(link);
      list.append(entry);
    }
    lines.push(list);
  }
  box.replaceChildren(...lines);
  box.hidden = lines.length === 0;
}

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}
