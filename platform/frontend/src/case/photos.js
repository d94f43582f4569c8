import { shrinkPhoto } from "../form/photos.js";
import { putFiles } from "./files.js";

const WORTH_SHRINKING = 400_000;

/** Photos chosen in `input[data-shrink]` are made small before they are sent; what cannot be read stays as it is. */
export function shrinkChosen() {
  document.addEventListener("change", async ({ target }) => {
    if (!target.matches?.("input[type=file][data-shrink]") || !target.files.length) return;
    const chosen = [...target.files];
    const small = await Promise.all(chosen.map(shrink));
    // Chosen again meanwhile: the later choice holds.
    if (chosen.length === target.files.length && chosen.every((file, index) => file === target.files[index])) {
      putFiles(target, small);
    }
  });
}

async function shrink(file) {
  if (!file.type.startsWith("image/") || file.size < WORTH_SHRINKING) return file;
  try {
    const blob = await shrinkPhoto(file);
    return blob.size < file.size ? new File([blob], `${stem(file.name)}.jpg`, { type: blob.type }) : file;
  } catch {
    return file;
  }
}

function stem(name) {
  return name.replace(/\.\w+$/, "");
}
