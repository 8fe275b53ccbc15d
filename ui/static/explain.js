// Why a passage was found, for a question in another language: which of its words meet which of the passage. It is asked
// for when the answer is painted, and given up when something else is.

import { run } from "./api.js";
import { closest } from "./dom.js";

const LINES = ".zj-text > p, .zj-text tbody > tr";
const MET = "zj-match", POINTED = "zj-match-active"; // names of highlights in cards.css; browsers without them show the pairs alone

/**
 * @param {HTMLElement} region
 * @param {Reply} found
 * @param {PageState} state
 */
export function why(region, found, state) {
  mark(MET, []);
  mark(POINTED, []);
  if (found.explain?.length) explain(region, found.explain, state).catch(() => {}); // a help and no more
}

/**
 * @param {HTMLElement} region
 * @param {unknown[]} sentences
 * @param {PageState} state
 */
async function explain(region, sentences, state) {
  const signal = state.pending?.signal;
  const { because } = await run("explain", [state.asked, sentences, state.language], signal);
  if (signal?.aborted || !because) return;
  for (const card of region.querySelectorAll("article[data-passage]")) {
    const html = because[card.dataset.passage];
    if (html) card.querySelector(".zj-because")?.insertAdjacentHTML("beforeend", html);
  }
  mark(MET, region.querySelectorAll("[data-match]"));
}

/** @param {PageState} state */
export function wireMatches(state) {
  /** @param {Event} event */
  const point = event => {
    const pair = closest(event, "[data-match]");
    mark(POINTED, pair && state.root.contains(pair) ? [pair] : []);
  };
  document.addEventListener("mouseover", point);
  document.addEventListener("click", point); // a finger does not hover
}

/**
 * @param {string} name
 * @param {Iterable<HTMLElement>} pairs
 */
function mark(name, pairs) {
  if (!globalThis.Highlight) return;
  CSS.highlights.set(name, new Highlight(...[...pairs].map(range).filter(one => one !== null)));
}

/** Return the range of a pair's words in the text of its card. @param {HTMLElement} pair */
function range(pair) {
  const [paragraph = 0, start = 0, end = 0] = (pair.dataset.match ?? "").split(" ").map(Number);
  const line = pair.closest("article").querySelectorAll(LINES)[paragraph];
  if (!line) return null;
  // a row of a table shows its cells alone, each at its offset in the line
  const cell = [...line.querySelectorAll("[data-at]")].filter(one => Number(one.dataset.at) <= start).at(-1);
  const text = cell ?? line, before = Number(cell?.dataset.at ?? 0);
  const found = document.createRange();
  const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let at = 0, begun = false;
  while (nodes.nextNode()) {
    const node = nodes.currentNode;
    const behind = at + (node.nodeValue?.length ?? 0);
    if (!begun && start - before < behind) { found.setStart(node, start - before - at); begun = true; }
    if (end - before <= behind) { found.setEnd(node, end - before - at); return found; }
    at = behind;
  }
  return null;
}
