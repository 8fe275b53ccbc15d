// The address says all that is shown: question, documents asked, view, passage. Back and forward work by it alone.

const LISTS = ["in"];
let listeners = [];

/** The parameters of the address; lists for those that may be given several times. */
export function here(search = location.search) {
  const given = new URLSearchParams(search);
  const found = {};
  for (const [name, value] of given) if (value && !LISTS.includes(name)) found[name] = value;
  for (const name of LISTS) found[name] = given.getAll(name);
  return found;
}

export function written(parameters) {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one) text.append(name, one);
  }
  return `?${text}`;
}

/** Goes to other parameters; `replace` leaves no trace in the history. */
export function go(parameters, { replace = false } = {}) {
  const target = typeof parameters === "string" ? parameters : written(parameters);
  if (target !== location.search && !(target === "?" && !location.search)) {
    history[replace ? "replaceState" : "pushState"](null, "", target === "?" ? location.pathname : target);
  }
  for (const listener of listeners) listener(here());
}

export function onChange(listener) { listeners.push(listener); }

addEventListener("popstate", () => { for (const listener of listeners) listener(here()); });

/** The page's own address without parameters. */
export const base = () => location.origin + location.pathname;
