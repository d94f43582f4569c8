// Reads a code with the camera where the browser can (`BarcodeDetector`); elsewhere it is typed.

/** Wires the scan buttons of a form; a browser that cannot scan shows none. */
export function offerScan(form) {
  for (const button of form.querySelectorAll("[data-scan]")) {
    if ("BarcodeDetector" in window && navigator.mediaDevices) button.addEventListener("click", () => scanInto(button));
    else button.hidden = true;
  }
}

async function scanInto(button) {
  const input = button.parentElement.querySelector("input");
  const camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
  if (!camera) return;
  const video = Object.assign(document.createElement("video"), { srcObject: camera, muted: true, playsInline: true });
  video.className = "w-100 rounded mt-2";
  button.parentElement.after(video);
  const stop = () => {
    camera.getTracks().forEach((track) => track.stop());
    video.remove();
  };
  video.addEventListener("click", stop);
  await video.play();
  const detector = new window.BarcodeDetector();
  const look = async () => {
    if (!video.isConnected) return;
    const [found] = await detector.detect(video).catch(() => []);
    if (!found) {
      requestAnimationFrame(look);
      return;
    }
    stop();
    input.value = found.rawValue;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  look();
}
