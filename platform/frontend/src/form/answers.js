// From what stands in a question's inputs to the answer that conditions and the server read.

/** Types whose answer is a list of attached files; a condition reads how many there are. */
export const ATTACHED = new Set(["photo", "video", "audio", "file", "signature"]);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/**
 * The answer of one question, `null` while it is blank.
 *
 * `controls` are the question's inputs, or objects with the same `type`, `value` and `checked`. Files are not read here:
 * they are kept with the draft. A number that cannot be read is blank as well; `unreadable` tells the two apart.
 */
export function readAnswer(type, controls) {
  switch (type) {
    case "any_of": {
      const chosen = controls.filter((control) => control.checked).map((control) => control.value);
      return chosen.length ? chosen : null;
    }
    case "one_of":
    case "yes_no":
    case "check":
      return readChoice(controls);
    case "integer":
    case "decimal": {
      const text = plain(controls);
      return isNumber(type, text) ? Number(text) : null;
    }
    case "location":
      return readLocation(text(controls));
    default:
      return text(controls) || null;
  }
}

/** Whether something was typed that is not a number of the question's type. */
export function unreadable(type, controls) {
  if (type !== "integer" && type !== "decimal") return false;
  if (controls.some((control) => control.validity?.badInput)) return true;
  const typed = plain(controls);
  return typed !== "" && !isNumber(type, typed);
}

/** A point from `latitude,longitude` in degrees, perhaps with the accuracy in metres; `null` for anything else. */
export function readLocation(value) {
  const parts = value.split(",").map((part) => part.trim());
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => NUMBER.test(part))) return null;
  const [lat, lng, accuracy] = parts.map(Number);
  if (Math.abs(lat) > 90 || Math.abs(lng) > 180) return null;
  return accuracy === undefined ? { lat, lng } : { lat, lng, accuracy };
}

function readChoice(controls) {
  const select = controls.find((control) => control.type?.startsWith("select"));
  const chosen = select ?? controls.find((control) => control.checked);
  return chosen?.value || null;
}

function isNumber(type, text) {
  return NUMBER.test(text) && (type === "decimal" || Number.isInteger(Number(text)));
}

function text(controls) {
  return (controls[0]?.value ?? "").trim();
}

/** Full-width digits, signs and points are typed by the keyboards this is typed on. No more: 5² is not 52. */
function plain(controls) {
  return text(controls)
    .replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace("。", ".")
    .replace("−", "-");
}
