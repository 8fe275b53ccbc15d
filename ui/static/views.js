// What can stand in the middle of the page: which parameters of the address each view needs, and what loads it.

import { base } from "./address.js";
import { run } from "./server.js";

export const views = {
  welcome: { name: "welcome", needs: [], load: async (_, state) => ({ html: welcome(state) }) },
  unknown: { name: "unknown", needs: ["view"], load: async (_, state) => ({ html: paragraph(state.say.unknownView) }) },
  ask: {
    name: "ask",
    needs: ["q", "in"],
    load: (given, state, signal) => run("look_up", [given.q, given.in, state.language, base()], signal),
  },
  empty: {
    show: async state => {
      const found = await run("look_up", ["", [], state.language, base()]);
      state.root.querySelector("#zj-answers").innerHTML = found.html;
      state.shown = null;
    },
  },
};

const welcome = state => paragraph(state.say.welcome);

function paragraph(text) {
  const p = document.createElement("p");
  p.className = "zj-welcome";
  p.textContent = text;
  return p.outerHTML;
}
