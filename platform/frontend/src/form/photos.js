// Photos are made small on the phone: a village's network carries 300 kB, not 6 MB.

export const LONGEST_SIDE = 1600;
const QUALITY = 0.82;

/** Width and height within a square of `longest`, never enlarged, never below one pixel. */
export function fitWithin(width, height, longest = LONGEST_SIDE) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * A JPEG of the photo with its longest side at most `LONGEST_SIDE` pixels, upright and without the camera's own data.
 *
 * Throws where the browser cannot decode the file.
 */
export async function shrinkPhoto(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, fitWithin(image.naturalWidth, image.naturalHeight));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await jpegOf(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function jpegOf(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no JPEG encoder"))), "image/jpeg", QUALITY);
  });
}
