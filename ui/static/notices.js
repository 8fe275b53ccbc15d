// What is told: of the index, of what went wrong, and in passing of what was done.

import { run, Trouble } from "./api.js";

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** Show a short message at the edge of the window, which screen readers read aloud. @param {string} text */
export function say(text) {
  const place = document.getElementById("zj-said");
  if (!place) return;
  place.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { place.textContent = ""; }, 2500);
}

/** Remove a message that is no longer true. @param {string} text */
export function unsay(text) {
  const place = document.getElementById("zj-said");
  if (place?.textContent === text) place.textContent = "";
}

/**
 * Show the notices about the index: a new generation, one that cannot be opened, an outdated answer.
 * @param {PageState} state
 */
export async function tell(state) {
  const told = await run("tell", [state.generation, state.answerOf ?? "", state.language]);
  document.getElementById("zj-told").innerHTML = told.html;
  return told;
}

/**
 * Show an error; everything else on the page stays.
 * @param {unknown} error
 * @param {PageState} state
 */
export function trouble(error, state) {
  const kind = error instanceof Trouble ? error.kind : "offline";
  if (!(error instanceof Trouble)) console.error(error);
  const told = document.getElementById("zj-told");
  if (!told) return;
  const line = document.createElement("p");
  line.className = "zj-trouble";
  line.textContent = state.say[kind] ?? state.say.offline;
  told.replaceChildren(line);
}
