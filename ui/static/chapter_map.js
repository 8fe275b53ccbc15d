// The chapter map.

import { closest } from "./dom.js";

/**
 * Make the map usable by keyboard, and show what was chosen in it.
 * @param {HTMLElement} region
 * @param {Reply} found
 */
export function chart(region, found) {
  const box = region.querySelector(".zj-map-box");
  if (!box) return;
  const chosen = box.querySelector("[aria-current]");
  movable(box, chosen ?? box.querySelector("td a"));
  if (!found.chosen) return;
  if (chosen) box.scrollLeft = chosen.offsetLeft - box.clientWidth / 2;
  const title = region.querySelector("#zj-between");
  title.scrollIntoView({ block: "start" });
  title.focus({ preventScroll: true });
}

/**
 * Let Tab reach one cell at a time, and the arrow keys, Home and End the others.
 * @param {HTMLElement} box
 * @param {HTMLElement | null} first
 */
function movable(box, first) {
  const rows = [...box.querySelectorAll("tr:has(td)")].map(row => [...row.querySelectorAll("td")]);
  let now = first;
  now?.setAttribute("tabindex", "0");
  /** @param {HTMLElement} cell */
  const to = cell => {
    now?.setAttribute("tabindex", "-1");
    now = cell;
    now.setAttribute("tabindex", "0");
    now.focus();
  };
  box.addEventListener("keydown", event => {
    const td = closest(event, "td");
    if (!td) return;
    const y = rows.findIndex(row => row.includes(td));
    const next = target(event.key, rows, rows[y].indexOf(td), y);
    if (!next) return;
    event.preventDefault();
    to(next);
  });
  box.addEventListener("focusin", event => {
    const link = closest(event, "td a");
    if (link && link !== now) to(link);
  });
}

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/**
 * Return the link that a key goes to from a cell; cells without one, on the diagonal, are skipped.
 * @param {string} key
 * @param {HTMLElement[][]} rows
 * @param {number} x
 * @param {number} y
 */
function target(key, rows, x, y) {
  /** @param {HTMLElement[]} row */
  const linked = row => row.map(td => td.querySelector("a")).filter(Boolean);
  if (key === "Home") return linked(rows[y])[0];
  if (key === "End") return linked(rows[y]).at(-1);
  const [right, down] = STEPS[key] ?? [0, 0];
  if (!right && !down) return null;
  for (let i = x + right, j = y + down; rows[j]?.[i]; i += right, j += down) {
    const link = rows[j][i].querySelector("a");
    if (link) return link;
  }
  return null;
}
