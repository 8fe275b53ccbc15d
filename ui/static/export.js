// Export: a handler gives the file, the browser saves it.

import { base, here } from "./address.js";
import { collected } from "./basket.js";
import { run } from "./api.js";
import { say, trouble } from "./notices.js";

export function exporting(state) {
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-export]");
    if (button && state.root.contains(button)) save(button, state).catch(error => trouble(error, state));
  });
}

async function save(button, state) {
  const { export: form, of } = button.dataset;
  const bar = button.closest(".zj-export");
  bar.querySelector(".zj-problem")?.remove();
  button.disabled = true;
  say(state.say.exporting);
  try {
    const { q, in: documents } = here();
    const asked = of === "basket" ? ["export_basket", [collected()]] : ["export_answer", [q ?? "", documents]];
    const file = await run(asked[0], [...asked[1], form, state.language, base()]);
    if (file.problem) return bar.insertAdjacentHTML("beforeend", file.html);
    hand(file);
    say(state.say.exported.replace("{name}", file.name));
  } finally {
    button.disabled = false;
  }
}

/** Gives the browser a file: its name, media type, and bytes in base64. */
export function hand(file) {
  const bytes = Uint8Array.from(atob(file.data), letter => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: file.type }));
  Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser reads it when it likes
}
