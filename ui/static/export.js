// Export: a handler gives the file, the browser saves it.

import { base, here } from "./address.js";
import { collected } from "./basket.js";
import { closest } from "./dom.js";
import { run } from "./api.js";
import { toast, showError } from "./notices.js";

/** @param {PageState} state */
export function wireExports(state) {
  document.addEventListener("click", event => {
    const button = closest(event, "[data-export]");
    if (!button || !state.root.contains(button)) return;
    const { export: form, of } = button.dataset;
    const { q, in: documents } = here();
    const exported = [form, state.language, base()];
    const file = of === "basket" ? run("export_basket", [collected(), ...exported])
      : run("export_answer", [q ?? "", documents, ...exported]);
    download(button, file, button.closest(".zj-export"), state);
  });
}

/**
 * Save the file that a handler returns; its problem is shown at the end of an element, the last one removed.
 * @param {any} button
 * @param {Promise<any>} reply
 * @param {any} place
 * @param {PageState} state
 */
export async function download(button, reply, place, state) {
  place.querySelector(".zj-problem")?.remove();
  button.disabled = true;
  toast(state.words.exporting);
  try {
    const file = await reply;
    if (file.problem) place.insertAdjacentHTML("beforeend", file.html);
    else {
      saveFile(file);
      toast(state.words.exported.replace("{name}", file.name));
    }
  } catch (error) {
    showError(error, state);
  } finally {
    button.disabled = false;
  }
}

/** Let the browser save a file. @param {Download} file */
function saveFile(file) {
  const bytes = Uint8Array.from(atob(file.data), letter => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: file.type }));
  Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser reads it when it likes
}
