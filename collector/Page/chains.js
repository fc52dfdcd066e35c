// The list of chains that something was heard of lately: what each has come to, and how often it failed on the way.
import * as api from "./api.js";
import { element, redraw, show } from "./dom.js";
import { between, colour, counted, duration, when } from "./format.js";
import { welcome } from "./list.js";

export class ChainsView {
  constructor(main) {
    this.container = element("section", { class: "list", "aria-label": "Chains" });
    main.replaceChildren(this.container);
    document.title = "Chains – Queuert";
    this.state = "all";
  }

  async refresh() {
    try {
      const text = await api.chainsText();
      if (!this.container.isConnected) return;
      show(null);
      if (text === this.text) return;
      this.text = text;
      this.answer = JSON.parse(text);
      this.draw();
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }

  draw() {
    const { chains } = this.answer;
    if (chains.length === 0) {
      return this.container.replaceChildren(welcome(), element("p", { class: "empty" },
        "Traces of programs that have no job chains are ", element("a", { class: "accent", href: "#/traces" }, "listed here"), "."));
    }
    const counts = new Map([["all", chains.length]]);
    for (const chain of chains) counts.set(stateOf(chain), (counts.get(stateOf(chain)) ?? 0) + 1);
    const shown = chains.filter((chain) => this.state === "all" || stateOf(chain) === this.state);
    const longest = Math.max(1, ...shown.map((chain) => between(chain.startTimeUnixNano, chain.endTimeUnixNano)));
    redraw(this.container,
      element("div", { class: "tabs", role: "group", "aria-label": "State" }, [...counts].map(([state, count]) =>
        element("button", {
          type: "button", id: `state-${state}`, "aria-pressed": String(state === this.state), onclick: () => { this.state = state; this.draw(); },
        }, `${state} ${count}`))),
      element("div", { class: "list-head chain", "aria-hidden": "true" },
        ["Started", "Chain", "State", "Duration", "Jobs", "Attempts"].map((text, index) => element("span", { class: index > 3 ? "count" : null }, text))),
      element("ul", { class: "rows", id: "chains" }, shown.map((chain) => element("li", {}, row(chain, longest)))));
  }
}

// What the last attempt says, as far as the chain hasn't ended.
export function stateOf(chain) {
  if (chain.isEnded) return chain.isCancelled ? "cancelled" : "completed";
  if (chain.lastResult === "failed" && !chain.isRescheduled) return "failed";
  return chain.openBlockerCount > 0 ? "blocked" : "open";
}

function row(chain, longest) {
  const took = between(chain.startTimeUnixNano, chain.endTimeUnixNano);
  const state = stateOf(chain);
  return element("a", { class: `trace-row chain ${colour(chain.service)}`, id: `chain-${chain.chainId}`, href: `#/chain/${encodeURIComponent(chain.chainId)}` },
    element("span", { class: "when" }, when(chain.startTimeUnixNano)),
    element("span", { class: "root" }, element("i", { class: "dot" }), element("b", {}, chain.type || "(no type)"),
      state === "blocked"
        ? element("span", { class: "soft waits" }, waitsFor(chain)) : element("span", { class: "mono soft id" }, chain.chainId)),
    element("span", {}, element("span", { class: `badge state ${state}` }, state)),
    element("span", { class: "took" },
      element("span", { class: "took-bar" }, element("i", { position: { width: `${(took / longest) * 100}%` } })),
      element("span", {}, duration(took))),
    element("span", { class: "count" }, String(chain.jobCount)),
    element("span", { class: "count" }, String(chain.attemptCount),
      chain.failedAttemptCount > 0 && [" ", element("span", { class: "badge error" }, counted(chain.failedAttemptCount, "failure"))]));
}

// In the place of the chain's id, which the address has.
function waitsFor({ openBlockers, openBlockerCount }) {
  const [first] = openBlockers;
  const others = openBlockerCount - 1;
  return `waits for ${first?.type || first?.chainId || "a chain"}${others > 0 ? ` and ${others} more` : ""}`;
}
