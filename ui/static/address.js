// The address states everything that is shown: question, documents, view, passage. Back and forward rely on it alone.

/** @typedef {(parameters: AddressParameters) => void} Listener */

const LISTS = ["in"];
/** @type {Listener[]} */
const listeners = [];

/** The parameters of the address; lists for those that may be given several times. */
export function here(search = location.search) {
  const given = new URLSearchParams(search);
  /** @type {AddressParameters} */
  const found = { in: [] };
  for (const [name, value] of given) if (value && !LISTS.includes(name)) found[name] = value;
  for (const name of LISTS) found[name] = given.getAll(name);
  return found;
}

/** Query string of some parameters. @param {Record<string, any>} parameters */
export function written(parameters) {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one) text.append(name, one);
  }
  return `?${text}`;
}

/**
 * Go to other parameters.
 * @param {string | Record<string, any>} parameters
 * @param {{replace?: boolean}} options `replace` leaves no entry in the history
 */
export function go(parameters, { replace = false } = {}) {
  const target = typeof parameters === "string" ? parameters : written(parameters);
  if (target !== location.search && !(target === "?" && !location.search)) {
    history[replace ? "replaceState" : "pushState"](null, "", target === "?" ? location.pathname : target);
  }
  for (const listener of listeners) listener(here());
}

/** @param {Listener} listener called with the parameters after each change of the address */
export function onChange(listener) { listeners.push(listener); }

addEventListener("popstate", () => { for (const listener of listeners) listener(here()); });

/** The page's own address without parameters. */
export const base = () => location.origin + location.pathname;
