// The basket: passages collected in this browser, with the question that found each.

import { here } from "./address.js";
import { copy } from "./copy.js";

const KEY = "zj-basket";

/** What is in the basket: objects with the id of a passage and the question that found it. */
export const collected = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");

export function keep(items, state) {
  localStorage.setItem(KEY, JSON.stringify(items));
  markCollected(state.root, state);
}

export function toggle(passage, state) {
  const items = collected();
  const rest = items.filter(one => one.passage !== passage);
  if (rest.length === items.length) rest.push({ passage, question: here().q ?? "" });
  keep(rest, state);
}

function markCollected(place, state) {
  const held = new Set(collected().map(one => one.passage));
  for (const button of place.querySelectorAll("[data-collect]")) {
    const within = held.has(button.dataset.collect);
    button.setAttribute("aria-pressed", String(within));
    button.textContent = within ? state.say.collected : state.say.collect;
  }
  const count = document.getElementById("zj-basket-count");
  if (count) count.textContent = held.size || "";
}
export { markCollected as marked };

export function collecting(state) {
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-collect]");
    if (button && state.root.contains(button)) toggle(button.dataset.collect, state);
  });
  addEventListener("storage", event => { if (event.key === KEY) markCollected(state.root, state); });
}

/** One row of buttons that goes with the pointer and the focus from passage to passage of the open text. */
export function toolbar(full, state) {
  const bar = Object.assign(document.createElement("div"), { className: "zj-toolbar" });
  const button = (name, text) => Object.assign(document.createElement("button"), {
    type: "button", className: "zj-act", textContent: text, name,
  });
  const [cite, link, collect] = [button("cite", state.say.copy), button("link", state.say.link), button("collect", "")];
  const related = Object.assign(document.createElement("a"), { className: "zj-act", textContent: state.say.related });
  cite.classList.add("zj-copy-citation");
  bar.append(cite, link, related, collect);
  const come = event => {
    const passage = event.target.closest?.(".zj-passage");
    if (!passage || bar.parentElement === passage) return;
    related.href = `?view=related&r=${passage.dataset.passage}`;
    collect.dataset.collect = passage.dataset.passage;
    passage.append(bar);
    markCollected(bar, state);
  };
  for (const kind of ["mouseover", "focusin"]) full.addEventListener(kind, come);
  cite.addEventListener("click", () => copy(bar.parentElement.dataset.cite, state));
  link.addEventListener("click", () => {
    copy(`${location.origin}${location.pathname}?p=${bar.parentElement.dataset.passage}`, state);
  });
}
