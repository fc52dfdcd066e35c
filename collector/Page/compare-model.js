// Two traces side by side: spans that stand at the same place of the tree are a pair.
import { flatten } from "./model.js";

// A span's place is the way to it: the names from the root, each with its turn among siblings of that name.
function places(segment) {
  const result = new Map();
  for (const span of flatten(segment.roots)) {
    const siblings = span.parent ? span.parent.children : segment.roots;
    const turn = siblings.filter((other) => other.document.name === span.document.name).indexOf(span);
    const above = span.parent ? result.get(span.parent) : "";
    result.set(span, `${above}/${span.document.name}#${turn}`);
  }
  return result;
}

// Rows in the order of the left tree; what only the right one has follows what stands before it there.
export function compare(left, right) {
  const leftPlaces = places(left);
  const rightByPlace = new Map([...places(right)].map(([span, place]) => [place, span]));
  const rows = [...leftPlaces].map(([span, place]) => {
    const other = rightByPlace.get(place) ?? null;
    rightByPlace.delete(place);
    return { place, depth: span.depth, name: span.document.name, left: span, right: other };
  });
  const at = new Map(rows.map((row, index) => [row.place, index]));
  const added = [...rightByPlace].map(([place, span]) => ({ place, depth: span.depth, name: span.document.name, left: null, right: span }));
  const byRow = new Map();
  for (const row of added) {
    // After all that is below the same span on the left.
    const above = row.place.slice(0, row.place.lastIndexOf("/"));
    let after = at.get(above) ?? rows.length;
    while (after + 1 < rows.length && rows[after + 1].place.startsWith(`${above}/`)) after += 1;
    byRow.set(after, [...(byRow.get(after) ?? []), row]);
  }
  const result = [];
  rows.forEach((row, index) => { result.push(row, ...(byRow.get(index) ?? [])); });
  return [...result, ...(byRow.get(rows.length) ?? [])];
}

// What differs between the attributes of a pair, other than identifiers and times.
export function differences(left, right) {
  const keys = new Set([...left.attributes.keys(), ...right.attributes.keys()]);
  return [...keys].filter((key) => left.attributes.get(key) !== right.attributes.get(key) && !/(\.|_)id$|_s$|_at$|_ms$/.test(key))
    .map((key) => ({ key, left: left.attributes.get(key), right: right.attributes.get(key) }));
}
