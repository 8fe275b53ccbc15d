// The keyboard: one key for each thing that is done all day. Keys mean nothing while something is typed.

import { go, here } from "./address.js";
import { closest } from "./dom.js";

/** @param {Event} event */
const field = event => closest(event, "input, textarea, select, [contenteditable]");

/**
 * @param {PageState} state
 * @param {{showRegion: (region: string) => void}} page functions of the page
 */
export function keys(state, { showRegion }) {
  const cards = () => [...state.root.querySelectorAll("#zj-answers article[data-passage]")];
  const now = () => document.activeElement?.closest("[data-passage]") ?? null;
  /** @param {number} by */
  const step = by => {
    const all = cards();
    const at = all.indexOf(now());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
    showRegion("answers");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };
  const chosen = () => now() ?? cards()[0];
  /** @param {string} selector */
  const press = selector => chosen()?.querySelector(selector)?.click();
  /** @type {Record<string, () => void>} */
  const does = {
    "/": () => { const box = state.root.querySelector("#zj-question"); box.focus(); box.select(); },
    j: () => step(1),
    k: () => step(-1),
    o: () => { showRegion("outline"); state.root.querySelector("#zj-outline summary, #zj-outline a")?.focus(); },
    r: () => { const at = chosen(); if (at) { showRegion("answers"); go({ in: here().in, view: "related", r: at.dataset.passage }); } },
    y: () => press(".zj-copy-citation"),
    "?": () => state.root.querySelector("#zj-help").showModal(),
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = field(event);
    if (event.key === "Escape" && typing) return typing.blur();
    if (typing || state.root.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && document.activeElement?.matches("article[data-passage]")) return press("[data-open]");
    const action = does[event.key];
    if (action) { event.preventDefault(); action(); }
  });
}
