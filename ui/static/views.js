// What can stand in the middle of the page: which parameters of the address each view needs, and what loads it.

import { base } from "./address.js";
import { batch } from "./batch.js";
import { basketView } from "./basket_view.js";
import { coverage } from "./coverage.js";
import { library } from "./library.js";
import { chart } from "./chapter_map.js";
import { run } from "./api.js";
import { why } from "./explain.js";

/** @type {Record<string, View> & {welcome: View, unknown: View, empty: View}} */
export const views = {
  welcome: { name: "welcome", needs: [], load: async (_, state) => ({ html: state.welcome }) },
  unknown: { name: "unknown", needs: ["view"], load: async (_, state) => ({ html: paragraph(state.words.unknownView) }) },
  ask: {
    name: "ask",
    needs: ["q", "in"],
    load: (given, state, signal) => run("answer", [given.q, given.in, state.language, base()], signal),
    after: why,
  },
  basket: basketView,
  batch,
  library: {
    name: "library",
    needs: ["view"],
    load: (_, state, signal) => run("library", [state.language], signal),
    after: library,
  },
  related: {
    name: "related",
    needs: ["r"],
    load: (given, state, signal) => run("related_passages", [given.r ?? "", state.language, base()], signal),
  },
  coverage,
  map: {
    name: "map",
    needs: ["a", "b", "in"],
    load: (given, state, signal) =>
      untilDone(() => run("chapter_map", [given.a ?? "", given.b ?? "", given.in, state.language, base()], signal)),
    after: chart,
  },
  empty: {
    name: "empty",
    needs: [],
    load: (_, state) => run("answer", ["", [], state.language, base()]),
  },
};

/**
 * Ask again while something is still being computed; each time the server waits some seconds for it.
 * @param {() => Promise<Reply>} load
 */
async function untilDone(load) {
  let found = await load();
  while (found.again) found = await load();
  return found;
}

/** @param {string} text */
function paragraph(text) {
  const p = document.createElement("p");
  p.className = "zj-welcome";
  p.textContent = text;
  return p.outerHTML;
}
