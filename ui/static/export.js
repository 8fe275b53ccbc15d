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
    if (button && state.root.contains(button)) save(button, state).catch(error => showError(error, state));
  });
}

/**
 * @param {any} button
 * @param {PageState} state
 */
async function save(button, state) {
  const { export: form, of } = button.dataset;
  const bar = button.closest(".zj-export");
  bar.querySelector(".zj-problem")?.remove();
  button.disabled = true;
  toast(state.words.exporting);
  try {
    const { q, in: documents } = here();
    const exported = [form, state.language, base()];
    const file = of === "basket" ? await run("export_basket", [collected(), ...exported])
      : await run("export_answer", [q ?? "", documents, ...exported]);
    if (file.problem) {
      bar.insertAdjacentHTML("beforeend", file.html);
      return;
    }
    saveFile(/** @type {any} */ (file));
    toast(state.words.exported.replace("{name}", file.name));
  } finally {
    button.disabled = false;
  }
}

/** Let the browser save a file. @param {Download} file */
export function saveFile(file) {
  const bytes = Uint8Array.from(atob(file.data), letter => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: file.type }));
  Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser reads it when it likes
}
