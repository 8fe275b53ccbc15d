// Values that this browser keeps as JSON. Storage may be damaged, closed to scripts or full; then nothing is kept.

/**
 * Return a kept value.
 * @template T
 * @param {string} key
 * @param {T} otherwise returned where nothing can be read
 * @returns {T}
 */
export function kept(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}

/**
 * Keep a value; false if it could not be written.
 * @param {string} key
 * @param {unknown} value
 */
export function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
