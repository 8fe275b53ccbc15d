// The map of chapters.

/** Makes the map usable by keyboard, and shows what was chosen in it. */
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

/** One cell at a time is reached by Tab; the arrow keys, Home and End go to the others. */
function movable(box, first) {
  const rows = [...box.querySelectorAll("tr:has(td)")].map(row => [...row.querySelectorAll("td")]);
  let now = first;
  now?.setAttribute("tabindex", "0");
  const to = cell => {
    now.setAttribute("tabindex", "-1");
    now = cell;
    now.setAttribute("tabindex", "0");
    now.focus();
  };
  box.addEventListener("keydown", event => {
    const td = event.target.closest("td");
    if (!td) return;
    const y = rows.findIndex(row => row.includes(td));
    const next = target(event.key, rows, rows[y].indexOf(td), y);
    if (!next) return;
    event.preventDefault();
    to(next);
  });
  box.addEventListener("focusin", event => { if (event.target.closest("td") && event.target !== now) to(event.target); });
}

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The link that a key goes to from a cell; what has none, where a chapter meets itself, is stepped over. */
function target(key, rows, x, y) {
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
