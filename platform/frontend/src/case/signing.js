import { putFiles } from "./files.js";

/**
 * Lets `input`, which takes the picture of a signature, be signed on the screen.
 *
 * The button to do so stands hidden in its fieldset; whoever signed has to give a name.
 */
export function offerSigning(input, say) {
  const box = input.closest("[data-signing]");
  const button = box.querySelector("[data-sign]");
  const name = box.querySelector("[data-signer]");
  const place = box.querySelector("[data-sign-here]");
  const changed = () => name && (name.required = input.files.length > 0);
  input.addEventListener("change", changed);
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.hidden = true;
    const { sign } = await import("../form/signature.js");
    sign(place, say, (blob) => {
      putFiles(input, blob ? [new File([blob], "signature.png", { type: "image/png" })] : []);
      changed();
    });
  });
}
