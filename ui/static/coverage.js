// The view of coverage: where the text speaks of some terms, by chapter.

import { base, go, here } from "./address.js";
import { download } from "./export.js";
import { run } from "./api.js";

/** @type {View} */
export const coverage = {
  name: "coverage",
  needs: ["t", "c", "in"],
  load: ({ t = "", c = "", in: documents }, state, signal) =>
    run("coverage", [t, documents, c, state.language, base()], signal),
  after: (region, found, state) => {
    const form = region.querySelector("#zj-cover");
    const box = form.querySelector("#zj-cover-terms");
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      ask(box.value.trim(), state);
    });
    box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => { // as in the box for questions
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.querySelector("#zj-cover-table")?.addEventListener("click", (/** @type {{currentTarget: HTMLButtonElement}} */ event) => {
      const { t = "", in: documents } = here();
      download(event.currentTarget, run("coverage_table", [t, documents, state.language]), form, state);
    });
    reveal(region, found);
  },
};

/**
 * @param {string} terms
 * @param {PageState} state
 */
function ask(terms, state) {
  if (here().t === terms && !here().c) state.shown = null; // asked again: the index may be another one
  go({ view: coverage.name, t: terms, in: here().in });
}

/**
 * Show the passages of the chosen chapter, or the box if nothing was asked yet.
 * @param {HTMLElement} region
 * @param {Reply} found
 */
function reveal(region, found) {
  const title = region.querySelector("#zj-cover-chosen");
  if (found.chosen && title) {
    title.scrollIntoView({ block: "start" });
    title.focus({ preventScroll: true });
  } else if (!here().t && !here().p) region.querySelector("#zj-cover-terms").focus({ preventScroll: true });
}
