// The view of the basket: its order, notes and removals, each kept at once.

import { base, go, here } from "./address.js";
import { CHANGED, collected, keep } from "./basket.js";
import { run } from "./api.js";
import { say } from "./notices.js";

export const collection = {
  name: "basket",
  needs: [],
  load: (_, state, signal) => run("basket", [collected(), state.language, base()], signal),
  after: (region, _, state) => {
    const list = region.querySelector(".zj-basket");
    list?.addEventListener("click", event => {
      const button = event.target.closest("[data-move]");
      if (button) move(button, list, state);
    });
    list?.addEventListener("input", event => {
      const { note } = event.target.dataset;
      if (note) keep(collected().map(one => one.passage === note ? { ...one, note: event.target.value } : one), state, collection);
    });
    clearing(region, state);
  },
};

/** Shows the basket anew when it was changed elsewhere: in the open text, or in another window. */
export function watching(state) {
  document.addEventListener(CHANGED, event => {
    if (here().view === collection.name && event.detail !== collection) again(state);
  });
}

function again(state) {
  state.shown = null;
  go(here(), { replace: true });
}

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
  const order = [...list.children].map(one => items.get(one.dataset.item)).filter(Boolean);
  [...list.querySelectorAll(".zj-rank")].forEach((rank, i) => { rank.textContent = i + 1; });
  keep(order, state, collection);
  say(way === "out" ? removed : moved.replace("{rank}", [...list.children].indexOf(card) + 1));
  if (!order.length) again(state);
  else (focused?.checkVisibility() ? focused : focused?.parentElement.querySelector("[data-move=out]"))?.focus();
}

function clearing(region, state) {
  const sure = region.querySelector("#zj-clear-sure");
  region.querySelector("#zj-clear")?.addEventListener("click", () => sure.showModal());
  sure?.addEventListener("close", () => { if (sure.returnValue === "yes") keep([], state); });
}
