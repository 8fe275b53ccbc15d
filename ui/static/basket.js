// The basket: passages collected in this browser, with the question that found each, in the order of the reader.

import { base, here } from "./address.js";
import { copy } from "./copy.js";
import { closest } from "./dom.js";
import { keep as keepHere, kept } from "./storage.js";
import { toast } from "./notices.js";

const KEY = "zj-basket";
const MOST = 200; // passages, as in ui/state/basket.py
const MAX_KB = 800; // kilobytes of all: a request brings 1,000 at most
const TEXT = 300; // characters of a passage, to know it by when the index does not hold it any more
const MARKED = 8; // sentences
export const CHANGED = "zj-basket-changed";

/** Return the passages in the basket. @returns {Collected[]} */
export function collected() {
  /** @type {unknown} */
  const items = kept(KEY, []);
  return Array.isArray(items) ? items.filter(one => typeof one?.passage === "string" && one.passage) : [];
}

/**
 * Keep other passages in the basket.
 * @param {Collected[]} items
 * @param {PageState} state
 * @param {View | null} by the view that changed them
 */
export function keep(items, state, by = null) {
  const size = new Blob([JSON.stringify(items)]).size;
  const full = items.length > MOST || size > MAX_KB * 1000;
  if (full && items.length >= collected().length) return toast(filled(state));
  if (!keepHere(KEY, items)) toast(state.words.basketNotKept);
  markCollected(state.root, state);
  document.dispatchEvent(new CustomEvent(CHANGED, { detail: by }));
}

/** @param {PageState} state */
const filled = state => state.words.basketFull.replace("{most}", String(MOST)).replace("{kb}", String(MAX_KB));

/**
 * @param {HTMLElement} button
 * @param {PageState} state
 */
function toggle(button, state) {
  const items = collected();
  const passage = button.dataset.collect ?? "";
  const rest = items.filter(one => one.passage !== passage);
  if (rest.length === items.length) {
    rest.push(seen(passage, button.closest("[data-passage]")));
  } else toast(state.words.takenOut);
  keep(rest, state);
}

/**
 * Return a passage as it is shown when it is collected.
 * @param {string} passage
 * @param {HTMLElement | null} at
 * @returns {Collected}
 */
function seen(passage, at) {
  const shown = [...at?.querySelectorAll(".zj-text > p, .zj-text tbody > tr") ?? []];
  const lines = shown.map(line => line.dataset.line ?? line.textContent);
  return {
    passage,
    question: here().q ?? "",
    citation: at?.dataset.cite ?? at?.querySelector("cite")?.textContent ?? "",
    text: lines.join("\n").slice(0, TEXT),
    marked: [...at?.querySelectorAll(".zj-text mark") ?? []].slice(0, MARKED).map(words),
    note: "",
  };
}

/**
 * Return what is marked; a cell of a table with the head of its column, as it stands in the line.
 * @param {HTMLElement} mark
 */
function words(mark) {
  const cell = mark.closest("[data-at]"), before = cell?.previousElementSibling;
  if (!cell) return mark.textContent;
  const start = before ? Number(before.dataset.at) + before.textContent.length : 0;
  const end = Number(cell.dataset.at) + cell.textContent.length;
  return (cell.parentElement.dataset.line ?? "").slice(start, end).replace(/^\s*\|\s*/, "");
}

/**
 * Show on every button whether its passage is in the basket.
 * @param {HTMLElement} place
 * @param {PageState} state
 */
export function markCollected(place, state) {
  const held = new Set(collected().map(one => one.passage));
  for (const button of place.querySelectorAll("[data-collect]")) {
    const within = held.has(button.dataset.collect);
    button.setAttribute("aria-pressed", String(within));
    button.textContent = within ? state.words.collected : state.words.collect;
  }
  const count = document.getElementById("zj-basket-count");
  if (count) count.textContent = held.size || "";
}
/** @param {PageState} state */
export function wireCollecting(state) {
  document.addEventListener("click", event => {
    const button = closest(event, "[data-collect]");
    if (button && state.root.contains(button)) toggle(button, state);
  });
  addEventListener("storage", event => {
    if (event.key !== KEY && event.key !== null) return;
    markCollected(state.root, state);
    document.dispatchEvent(new CustomEvent(CHANGED));
  });
}

/**
 * Show the picture of the page that a passage was recognised from, or take it away; the picture leads to itself in
 * full size.
 * @param {HTMLElement} passage
 * @param {string} alt
 */
function showScan(passage, alt) {
  const shown = passage.querySelector(".zj-scan");
  if (shown) { shown.remove(); return false; }
  const address = passage.dataset.scan;
  const frame = Object.assign(document.createElement("a"), { className: "zj-scan", href: address, target: "_blank" });
  frame.append(Object.assign(document.createElement("img"), { src: address, alt }));
  passage.append(frame);
  return true;
}

/**
 * Add a row of buttons that follows the pointer and the focus from passage to passage of the open text.
 * @param {HTMLElement} full
 * @param {PageState} state
 */
export function toolbar(full, state) {
  const bar = Object.assign(document.createElement("div"), { className: "zj-toolbar" });
  /**
   * @param {string} name
   * @param {string} text
   */
  const button = (name, text) => Object.assign(document.createElement("button"), {
    type: "button", className: "zj-act", textContent: text, name,
  });
  const [cite, link, collect] = [button("cite", state.words.copy), button("link", state.words.link), button("collect", "")];
  const related = Object.assign(document.createElement("a"), { className: "zj-act", textContent: state.words.related });
  cite.classList.add("zj-copy-citation");
  const scan = button("scan", "");
  bar.append(cite, link, related, collect, scan);
  /** @param {Event} event */
  const come = event => {
    const passage = closest(event, ".zj-passage");
    if (!passage || bar.parentElement === passage) return;
    related.href = `?view=related&r=${encodeURIComponent(passage.dataset.passage)}`;
    collect.dataset.collect = passage.dataset.passage;
    scan.hidden = !passage.dataset.scan;
    scan.textContent = state.words.scan.replace("{page}", passage.dataset.page ?? "");
    scan.setAttribute("aria-expanded", String(Boolean(passage.querySelector(".zj-scan"))));
    passage.querySelector(".zj-text").after(bar);
    markCollected(bar, state);
  };
  for (const kind of ["mouseover", "focusin"]) full.addEventListener(kind, come);
  const passage = () => bar.parentElement?.dataset ?? {};
  scan.addEventListener("click", () => {
    const at = bar.parentElement;
    if (at) scan.setAttribute("aria-expanded", String(showScan(at, scan.textContent ?? "")));
  });
  cite.addEventListener("click", () => copy(passage().cite ?? "", state));
  link.addEventListener("click", () => copy(`${base()}?p=${encodeURIComponent(passage().passage ?? "")}`, state));
}
