// The page of a case, and lists from which several cases are commanded at once: everything also works without this.
import { speaker } from "./form/messages.js";
import { checkAll } from "./look/choosing.js";
import { guardSending } from "./case/sending.js";
import { offerSigning } from "./case/signing.js";
import { shrinkChosen } from "./case/photos.js";

const say = speaker(document.documentElement.lang);

shrinkChosen();
for (const input of document.querySelectorAll("input[data-signature]")) offerSigning(input, say);
guardSending(say);
checkAll();
