// The dialog that shows spans as text, to copy or to save.
import { element } from "./dom.js";
import { golden, markdown, otlpJSON, swiftTest } from "./text-forms.js";

const forms = [
  ["swift", "Swift test", swiftTest, "test.swift", "An expectation for QueuertTraceTesting, without what differs from run to run. Import QueuertOTel as well."],
  ["golden", "Golden file", golden, "trace.txt", "What recorder.expect(golden:) keeps beside a test: no times, and identifiers numbered as they come."],
  ["markdown", "Markdown", markdown, "trace.md", "For an issue or a pull request."],
  ["otlp", "OTLP JSON", otlpJSON, "trace.json", "For any receiver; drop it on this page to see it again."],
];

export function showTexts(spans) {
  document.getElementById("texts")?.remove();
  const area = element("textarea", { readonly: "", spellcheck: "false", "aria-label": "Text", id: "text" });
  const note = element("p", { class: "soft" });
  const tabs = element("div", { class: "tabs", role: "tablist" });
  const copied = element("span", { class: "soft", role: "status" });
  let current = forms[0];
  const choose = (form) => {
    current = form;
    area.value = form[2](spans);
    note.textContent = form[4];
    copied.textContent = "";
    for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.id === `form-${form[0]}`));
  };
  tabs.append(...forms.map((form) =>
    element("button", { type: "button", role: "tab", id: `form-${form[0]}`, onclick: () => choose(form) }, form[1])));
  const dialog = element("dialog", { id: "texts", class: "texts", "aria-label": "Copy as" },
    element("header", {}, tabs, element("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "✕")),
    note, area, element("footer", {}, copied,
      element("button", { type: "button", onclick: () => save(current[3], area.value) }, "Save"),
      element("button", {
        type: "button", class: "primary", id: "copy-text", onclick: async () => {
          copied.textContent = (await copy(area)) ? "Copied." : "The browser refused; copy the selected text.";
        },
      }, "Copy")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  choose(forms[0]);
  dialog.showModal();
}

async function copy(area) {
  area.select();
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    return false;
  }
}

function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
