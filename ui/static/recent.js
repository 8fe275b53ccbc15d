// Questions asked before, kept in this browser alone.

import { keep, kept as keptHere } from "./storage.js";

const KEY = "zj-recent";
const MOST = 8;

const kept = () => {
  /** @type {unknown} */
  const questions = keptHere(KEY, []);
  return Array.isArray(questions) ? questions.filter(one => typeof one === "string") : [];
};

/** @param {string} question */
export function remember(question) {
  if (!question) return;
  keep(KEY, [question, ...kept().filter(one => one !== question)].slice(0, MOST));
}

/**
 * Show them under the box.
 * @param {PageState} state
 * @param {(question: string) => void} ask
 */
export function recent(state, ask) {
  const place = state.root.querySelector("#zj-recent");
  const questions = kept();
  place.replaceChildren();
  if (!questions.length) return;
  const label = Object.assign(document.createElement("span"), { className: "zj-label", textContent: place.dataset.label });
  const buttons = questions.map(question => {
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "zj-example", textContent: question, title: question,
    });
    button.addEventListener("click", () => ask(question));
    return button;
  });
  const forget = Object.assign(document.createElement("button"), {
    type: "button", className: "zj-act", textContent: place.dataset.forget,
  });
  forget.addEventListener("click", () => { localStorage.removeItem(KEY); recent(state, ask); });
  place.append(label, ...buttons, forget);
}
