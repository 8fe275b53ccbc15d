// Elements of the page.

/**
 * Return the closest element around the target of an event that matches a selector, or null.
 * @param {Event} event
 * @param {string} selector
 * @returns {any}
 */
export const closest = (event, selector) => event.target instanceof Element ? event.target.closest(selector) : null;
