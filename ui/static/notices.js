// Notices about the index, error messages, and short messages about what was done.

import { run, ApiError } from "./api.js";

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** Show a short message at the edge of the window, which screen readers read aloud. @param {string} text */
export function toast(text) {
  const place = document.getElementById("zj-toast");
  if (!place) return;
  place.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { place.textContent = ""; }, 2500);
}

/** Remove a message that is no longer true. @param {string} text */
export function dismiss(text) {
  const place = document.getElementById("zj-toast");
  if (place?.textContent === text) place.textContent = "";
}

/**
 * Show the notices about the index: a new generation, one that cannot be opened, an outdated answer.
 * @param {PageState} state
 */
export async function updateNotices(state) {
  const notices = await run("notices", [state.generation, state.answerOf ?? "", state.language]);
  document.getElementById("zj-notices").innerHTML = notices.html;
  return notices;
}

/**
 * Show an error; everything else on the page stays.
 * @param {unknown} error
 * @param {PageState} state
 */
export function showError(error, state) {
  const kind = error instanceof ApiError ? error.kind : "offline";
  if (!(error instanceof ApiError)) console.error(error);
  const notices = document.getElementById("zj-notices");
  if (!notices) return;
  const line = document.createElement("p");
  line.className = "zj-error";
  line.textContent = state.words[kind] ?? state.words.offline;
  notices.replaceChildren(line);
}
