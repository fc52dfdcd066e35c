// What can be asked for, with examples to press.
import { element } from "./dom.js";

const examples = [
  ["charge-card", "a word in a span's name or a service, or the start of a trace id"],
  ["\"process charge-card\"", "words with spaces"],
  ["service:payments", "a span of this service"],
  ["name:\"process *\"", "a span of this name; * stands for anything"],
  ["status:error", "a span ended with an error; status:ok, none did"],
  ["duration>1s", "the trace took longer; also <, with ms, s, m or h"],
  ["queuert.job.attempt=3", "a span has this attribute with this value"],
  ["chain:01993f6c-…", "a span of this chain"],
  ["job:01993f6c-…", "a span of this job"],
];

export function drawHelp(container, choose) {
  container.replaceChildren(
    element("p", {}, "Conditions are separated by spaces, and all must be met by a trace."),
    element("dl", {}, examples.map(([example, meaning]) => [
      element("dt", {}, element("button", { type: "button", onclick: () => choose(example) }, example)),
      element("dd", {}, meaning),
    ])));
}
