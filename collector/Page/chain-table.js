// The attempts of a chain as a table: what each waited for, how long it ran, and what it failed with.
import { element } from "./dom.js";
import { waitKinds } from "./chain-model.js";
import { kinds } from "./chain-story.js";
import { duration } from "./format.js";

const most = 500;

export function attemptTable(model, select) {
  const attempts = model.attempts.slice(0, most);
  if (attempts.length === 0) return [];
  const shown = waitKinds.filter((kind) => attempts.some((attempt) => attempt.waitParts.some((part) => part.kind === kind)));
  return [
    element("h2", {}, "Attempts"),
    element("div", { class: "wide" }, element("table", { class: "grid-table", id: "attempts" },
      element("thead", {}, element("tr", {}, ["Job", "Attempt", ...shown.map((kind) => kinds.get(kind)), "ran", "Result", "Error", "Worker"]
        .map((title, index) => element("th", { scope: "col", class: index > 0 && index < shown.length + 3 ? "number" : null }, title)))),
      element("tbody", {}, attempts.map((attempt) => element("tr", {
        class: attempt.isFailure ? "failed" : null, onclick: () => select(attempt.span),
      },
      element("td", {}, `${attempt.job.index} `, element("b", {}, attempt.job.type)),
      element("td", { class: "number" }, String(attempt.number)),
      shown.map((kind) => element("td", { class: "number" }, waited(attempt, kind))),
      element("td", { class: "number" }, attempt.isOpen ? "…" : duration(attempt.length)),
      element("td", {}, element("span", { class: `badge result ${attempt.result}` }, attempt.isLost ? "worker lost" : attempt.result)),
      element("td", { class: "error-text" }, [attempt.errorType, attempt.errorText].filter(Boolean).join(": ")),
      element("td", { class: "mono soft" }, attempt.worker)))))),
    model.attempts.length > most && element("p", { class: "soft" }, `and ${model.attempts.length - most} more`),
  ].filter(Boolean);
}

function waited(attempt, kind) {
  const part = attempt.waitParts.find((candidate) => candidate.kind === kind);
  return part ? duration(part.end - part.start) : "";
}
