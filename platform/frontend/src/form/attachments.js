// Photos, recordings, files and signatures of a question: kept as blobs, shown as a row one can remove from.

import { ATTACHED } from "./answers.js";
import { newId } from "./ids.js";
import { shrinkPhoto } from "./photos.js";

/**
 * Lets every attached question of the sheet collect files into `files` (question → `[{name, type, blob}]`).
 *
 * `changed(question)` is called after each change, `complain(question, messageKey)` where a file cannot be read.
 */
export function collectFiles(sheet, files, { say, changed, complain }) {
  for (const question of sheet) if (ATTACHED.has(question.type)) attach(question);

  function attach({ name, type, box, error }) {
    const list = document.createElement("ul");
    list.className = "gewu-files";
    error.before(list);
    files[name] ??= [];
    const draw = () => drawRow(list, files[name], say, remove);
    const remove = (file) => keep(files[name].filter((kept) => kept !== file));
    const keep = (next) => {
      files[name] = next;
      draw();
      changed(name);
    };
    const input = box.querySelector("input[type=file]");
    if (input) labelPicker(input, say(PICK[type] ?? "pickFile"));
    input?.addEventListener("change", async () => {
      const picked = [...input.files];
      input.value = "";
      for (const file of picked) {
        const blob = await readPicked(type, file);
        if (blob) keep([...files[name], named(name, blob, file.name)]);
        else complain(name, "photoFailed");
      }
    });
    box.querySelector("[data-sign]")?.addEventListener("click", async ({ currentTarget }) => {
      currentTarget.hidden = true;
      const { sign } = await import("./signature.js");
      sign(error, say, (blob) => keep(blob ? [named(name, blob)] : []));
    });
    draw();
  }
}

const PICK = { photo: "pickPhoto", signature: "pickPhoto", video: "pickVideo", audio: "pickAudio" };

/** The browser's own “no file chosen” would stand there for ever, as what was chosen moves into the row below. */
function labelPicker(input, text) {
  const label = document.createElement("label");
  label.className = "gewu-pick";
  label.htmlFor = input.id;
  label.textContent = text;
  input.classList.add("visually-hidden");
  input.after(label);
}

async function readPicked(type, file) {
  if (type !== "photo") return file;
  try {
    return await shrinkPhoto(file);
  } catch {
    return null;
  }
}

const EXTENSIONS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };

/** Names are unique and plain ASCII wherever the question's name is; the original name tells only its extension. */
export function named(question, blob, original = "") {
  const extension = EXTENSIONS[blob.type] ?? /\.(\w{1,8})$/.exec(original)?.[1].toLowerCase() ?? "bin";
  return { name: `${question}-${newId().slice(0, 8)}.${extension}`, type: blob.type || "application/octet-stream", blob };
}

function drawRow(list, files, say, remove) {
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(
    ...files.map((file, index) => {
      const entry = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `${say("remove")} ${index + 1}`);
      button.addEventListener("click", () => remove(file));
      entry.append(pictureOf(file, index), button);
      return entry;
    }),
  );
}

function pictureOf({ name, type, blob }, index) {
  if (!type.startsWith("image/")) {
    const text = document.createElement("span");
    text.className = "gewu-file-name";
    text.textContent = name;
    return text;
  }
  const image = document.createElement("img");
  image.src = URL.createObjectURL(blob);
  image.alt = String(index + 1);
  return image;
}
