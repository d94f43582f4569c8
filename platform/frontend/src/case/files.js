/** Puts `files` into an input as if they had been chosen there, so that the form sends them as it stands. */
export function putFiles(input, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input.files = chosen.files;
}
