// Two traces side by side: spans that stand at the same place of the tree are a pair.
import { flatten } from "./model.js";

// A span's place is the way to it: the names from the root, each with its turn among siblings of that name.
function places(segment) {
  const result = new Map();
  const turns = new Map();
  for (const span of flatten(segment.roots)) {
    const { name } = span.document;
    if (!turns.has(span.parent)) turns.set(span.parent, new Map());
    const turnsOfNames = turns.get(span.parent);
    const turn = turnsOfNames.get(name) ?? 0;
    turnsOfNames.set(name, turn + 1);
    result.set(span, `${result.get(span.parent) ?? ""}/${name}#${turn}`);
  }
  return result;
}

// Rows in the order of the left tree; what only the right one has follows what stands before it there.
export function compare(left, right) {
  const leftPlaces = places(left);
  const rightPlaces = places(right);
  const rightByPlace = new Map([...rightPlaces].map(([span, place]) => [place, span]));
  const rows = [...leftPlaces].map(([span, place]) => {
    const other = rightByPlace.get(place) ?? null;
    rightByPlace.delete(place);
    return { place, depth: span.depth, name: span.document.name, left: span, right: other };
  });
  const at = new Map(rows.map((row, index) => [row.place, index]));
  // The row after which stands what is added below a place: the last below the same place on the left.
  const ends = new Map();
  const endOf = (above) => {
    if (!ends.has(above)) {
      let end = at.get(above) ?? rows.length;
      while (end + 1 < rows.length && rows[end + 1].depth > rows[at.get(above)].depth) end += 1;
      ends.set(above, end);
    }
    return ends.get(above);
  };
  const byRow = new Map();
  for (const [place, span] of rightByPlace) {
    const after = endOf(rightPlaces.get(span.parent));
    // What is below it comes later, and goes to the same place.
    ends.set(place, after);
    if (!byRow.has(after)) byRow.set(after, []);
    byRow.get(after).push({ place, depth: span.depth, name: span.document.name, left: null, right: span });
  }
  return [...rows.flatMap((row, index) => [row, ...(byRow.get(index) ?? [])]), ...(byRow.get(rows.length) ?? [])];
}

// What differs between the attributes of a pair, other than identifiers and times.
export function differences(left, right) {
  const keys = new Set([...left.attributes.keys(), ...right.attributes.keys()]);
  return [...keys].filter((key) => left.attributes.get(key) !== right.attributes.get(key) && !/(\.|_)id$|_s$|_at$|_ms$/.test(key))
    .map((key) => ({ key, left: left.attributes.get(key), right: right.attributes.get(key) }));
}
