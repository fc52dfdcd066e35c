// Reading OTLP JSON that was dropped, pasted or chosen as a file.
import * as api from "./api.js";
import { show } from "./dom.js";

export function acceptImports({ imported }) {
  const file = document.getElementById("file");
  document.getElementById("import").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    await takeFiles(file.files, imported);
    file.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const { files } = event.dataTransfer;
    if (files.length > 0) takeFiles(files, imported);
    else take(event.dataTransfer.getData("text"), imported);
  });
  document.addEventListener("paste", (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const { files } = event.clipboardData;
    if (files.length > 0) takeFiles(files, imported);
    else take(event.clipboardData.getData("text"), imported);
  });
}

async function takeFiles(files, imported) {
  for (const file of files) await take(await file.text(), imported);
}

async function take(text, imported) {
  if (!text.trim()) return;
  try {
    const requests = await api.importText(text);
    show(null, "import");
    imported(requests);
  } catch (problem) {
    show(problem, "import");
  }
}
