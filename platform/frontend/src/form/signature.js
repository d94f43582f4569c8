import SignaturePad from "signature_pad";

/** Opens a field to sign in before `mark`; `signed(blob)` gets a PNG after each stroke, and null when it is wiped. */
export function sign(mark, say, signed) {
  const canvas = document.createElement("canvas");
  canvas.className = "gewu-signature";
  const wipe = document.createElement("button");
  wipe.type = "button";
  wipe.className = "btn";
  wipe.textContent = say("wipe");
  mark.before(canvas, wipe);
  const scale = Math.max(window.devicePixelRatio || 1, 1);
  canvas.width = canvas.offsetWidth * scale;
  canvas.height = canvas.offsetHeight * scale;
  canvas.getContext("2d").scale(scale, scale);
  const pad = new SignaturePad(canvas, { backgroundColor: "#fff" });
  pad.addEventListener("endStroke", () => canvas.toBlob(signed, "image/png"));
  wipe.addEventListener("click", () => {
    pad.clear();
    signed(null);
  });
}
