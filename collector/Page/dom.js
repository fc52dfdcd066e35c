// Making elements. Values only ever become text or attributes that can't run anything: what is shown comes from
// whoever sent spans, and must never be read as HTML.

const allowedAttributes = new Set([
  "class", "id", "href", "title", "type", "role", "tabindex", "scope", "d", "cx", "cy", "r", "hidden", "viewBox",
  "preserveAspectRatio", "width", "height", "x", "y", "points", "download", "name", "value", "placeholder", "for", "readonly",
  "spellcheck", "autocomplete", "colspan", "selected", "disabled",
]);

export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svgElement(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "position") Object.assign(node.style, value);
    else if (key === "href" && !/^(#|\/)/.test(value)) throw new Error("a link may only lead into this page");
    else if (allowedAttributes.has(key) || key.startsWith("aria-")) node.setAttribute(key, value);
    else throw new Error(`the attribute ${key} isn't allowed`);
  }
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

// Shows other children. What had the focus has it again if it is still there, and what was scrolled to stays in sight.
export function redraw(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = container.scrollTop;
  container.replaceChildren(...children);
  container.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

let shownFor = null;

// What went wrong stays until the same kind of work has gone well: a list that is read anew takes away no import's problem.
export function show(problem, of = "view") {
  if (!problem && shownFor !== of) return;
  shownFor = problem ? of : null;
  const banner = document.getElementById("problem");
  banner.hidden = !problem;
  banner.textContent = problem ? String(problem.message ?? problem) : "";
}
