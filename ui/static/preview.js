// References in a text: a popup shows what they name, a click goes there.

import { run } from "./api.js";
import { closest } from "./dom.js";

const LATE = 200; // milliseconds that a pointer rests before the popup comes
/** @type {Map<string, string>} */
const known = new Map();

/** @param {PageState} state */
export function wirePreviews(state) {
  /** @type {any} */
  const popup = Object.assign(document.createElement("div"), { id: "zj-preview", className: "zj", hidden: true });
  popup.setAttribute("role", "tooltip");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const hide = () => { clearTimeout(waiting); popup.hidden = true; popup.for?.removeAttribute("aria-describedby"); };
  /** @param {Event} event */
  const come = event => {
    const at = closest(event, "[data-preview]");
    if (!at || !state.root.contains(at)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => show(at, popup, state).catch(hide), event.type === "focusin" ? 0 : LATE);
  };
  /** @param {Event & {relatedTarget?: EventTarget | null}} event */
  const leave = event => {
    if (popup.contains(event.relatedTarget) || popup.for?.contains(event.relatedTarget)) return;
    clearTimeout(waiting);
    waiting = setTimeout(hide, LATE);
  };
  for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, come);
  for (const kind of ["mouseout", "focusout"]) document.addEventListener(kind, event => {
    if (closest(event, "[data-preview]") || popup.contains(event.target)) leave(event);
  });
  popup.addEventListener("mouseover", () => clearTimeout(waiting));
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
  document.addEventListener("click", hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
}

/**
 * @param {HTMLElement} at
 * @param {any} popup
 * @param {PageState} state
 */
async function show(at, popup, state) {
  const { preview = "" } = at.dataset;
  const key = `${state.live} ${state.language} ${preview}`;
  if (!known.has(key)) known.set(key, (await run("preview", [preview.split(" "), state.language])).html);
  popup.innerHTML = known.get(key);
  state.root.append(popup);
  popup.hidden = false;
  popup.for = at;
  at.setAttribute("aria-describedby", popup.id);
  const around = at.getBoundingClientRect();
  const left = Math.max(8, Math.min(around.left, innerWidth - popup.offsetWidth - 8));
  const below = around.bottom + popup.offsetHeight + 8 < innerHeight;
  popup.style.left = `${left}px`;
  popup.style.top = `${below ? around.bottom + 4 : Math.max(8, around.top - popup.offsetHeight - 4)}px`;
}
