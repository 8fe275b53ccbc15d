// What is told: of the index, of what went wrong, and in passing of what was done.

import { run, Trouble } from "./api.js";

let fading;

/** A short word at the edge of the window, read aloud by screen readers. */
export function say(text) {
  const place = document.getElementById("zj-said");
  if (!place) return;
  place.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { place.textContent = ""; }, 2500);
}

/** Takes a word back that is no longer true. */
export function unsay(text) {
  const place = document.getElementById("zj-said");
  if (place?.textContent === text) place.textContent = "";
}

/** What there is to tell of the index: another generation, one that cannot be opened, an older answer. */
export async function tell(state) {
  const told = await run("tell", [state.generation, state.answerOf ?? "", state.language]);
  document.getElementById("zj-told").innerHTML = told.html;
  return told;
}

/** An error in words; what is shown stays. */
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
