// Copying: what a button carries in data-copy goes to the clipboard.

import { closest } from "./dom.js";
import { toast } from "./notices.js";

/**
 * @param {string} text
 * @param {PageState} state
 */
export async function copy(text, state) {
  try {
    await navigator.clipboard.writeText(text);
    toast(state.words.copied);
  } catch {
    toast(copySelection(text) ? state.words.copied : state.words.notCopied);
  }
}

/**
 * Copy by a selection, for pages without a secure connection, where the clipboard is closed to scripts.
 * @param {string} text
 */
function copySelection(text) {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

/** @param {PageState} state */
export function wireCopying(state) {
  document.addEventListener("click", event => {
    const button = closest(event, "[data-copy]");
    if (!button || !state.root.contains(button)) return;
    copy(button.dataset.copy, state);
    button.closest("details.zj-forms")?.removeAttribute("open");
  });
}
