// The view of the basket: its order, notes and removals, each kept at once.

import { base, go, here } from "./address.js";
import { CHANGED, collected, keep } from "./basket.js";
import { run } from "./api.js";
import { closest } from "./dom.js";
import { toast } from "./notices.js";

/** @type {View} */
export const basketView = {
  name: "basket",
  needs: [],
  load: (_, state, signal) => run("basket", [collected(), state.language, base()], signal),
  after: (region, _, state) => {
    const list = region.querySelector(".zj-basket");
    list?.addEventListener("click", (/** @type {Event} */ event) => {
      const button = closest(event, "[data-move]");
      if (button) move(button, list, state);
    });
    list?.addEventListener("input", (/** @type {{target: HTMLTextAreaElement}} */ { target }) => {
      const { note } = target.dataset;
      if (note) keep(collected().map(one => one.passage === note ? { ...one, note: target.value } : one), state, basketView);
    });
    clearing(region, state);
  },
};

/** Show the basket again when it was changed elsewhere: in the open text, or in another window. @param {PageState} state */
export function watchBasket(state) {
  document.addEventListener(CHANGED, event => {
    const by = event instanceof CustomEvent ? event.detail : null;
    if (here().view === basketView.name && by !== basketView) again(state);
  });
}

/** @param {PageState} state */
function again(state) {
  state.shown = null;
  go(here(), { replace: true });
}

/**
 * @param {any} button
 * @param {HTMLElement} list
 * @param {PageState} state
 */
function move(button, list, state) {
  const card = button.closest("[data-item]");
  const { move: way } = button.dataset;
  const { moved, removed } = button.parentElement.dataset;
  let focused = button;
  if (way === "out") {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    focused = next?.querySelector("[data-move=out]");
    card.remove();
  } else if (way === "up") card.previousElementSibling?.before(card);
  else card.nextElementSibling?.after(card);
  const items = new Map(collected().map(one => [one.passage, one]));
  const order = [...list.querySelectorAll(":scope > *")].map(one => items.get(one.dataset.item)).filter(one => one !== undefined);
  list.querySelectorAll(".zj-rank").forEach((rank, i) => { rank.textContent = String(i + 1); });
  keep(order, state, basketView);
  toast(way === "out" ? removed : moved.replace("{rank}", [...list.children].indexOf(card) + 1));
  if (!order.length) again(state);
  else (focused?.checkVisibility() ? focused : focused?.parentElement.querySelector("[data-move=out]"))?.focus();
}

/**
 * @param {HTMLElement} region
 * @param {PageState} state
 */
function clearing(region, state) {
  const sure = region.querySelector("#zj-clear-sure");
  region.querySelector("#zj-clear")?.addEventListener("click", () => sure.showModal());
  sure?.addEventListener("close", () => { if (sure.returnValue === "yes") keep([], state); });
}
