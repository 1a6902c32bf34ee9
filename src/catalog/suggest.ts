const LONGEST_NAME = 200;
const MOST_CANDIDATES = 5_000;
const MOST_SUGGESTIONS = 3;
/** Further apart than this, two names have nothing to do with each other. */
const MOST_EDITS = 6;

/** Case and separators are what people get wrong most, and the vendor what they leave out; none of them counts. */
function plain(name: string): string {
  return name
    .slice(name.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

/**
 * Up to three known names near a mistyped one, nearest first, equals in order of the alphabet. The work is bounded
 * whatever the name: callers write it.
 */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const wanted = plain(name.slice(0, LONGEST_NAME));
  if (wanted === "") return [];
  const limit = Math.min(MOST_EDITS, Math.max(2, Math.floor(wanted.length / 3)));
  const found: { name: string; edits: number }[] = [];
  let left = MOST_CANDIDATES;
  for (const candidate of known) {
    if (left-- === 0) break;
    // An alias that leads nowhere is known by this very name, and no help.
    if (candidate === name) continue;
    const target = plain(candidate.slice(0, LONGEST_NAME));
    // The beginning of a longer name is near it, however much is missing: `claude-sonnet`.
    const begins = wanted.length >= 4 && target.startsWith(wanted) && target !== wanted;
    const edits = begins ? 1 : editsWithin(wanted, target, limit);
    if (edits !== null) found.push({ name: candidate, edits });
  }
  found.sort((a, b) => a.edits - b.edits || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return found.slice(0, MOST_SUGGESTIONS).map((near) => near.name);
}

/**
 * Edits (insert, delete, replace) between two words, null above the limit. Only the diagonal band that can stay below
 * the limit is computed.
 */
export function editsWithin(a: string, b: string, limit: number): number | null {
  if (Math.abs(a.length - b.length) > limit) return null;
  const beyond = limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => Math.min(j, beyond));
  for (let i = 1; i <= a.length; i++) {
    const next = new Array<number>(b.length + 1).fill(beyond);
    if (i <= limit) next[0] = i;
    let least = next[0] ?? beyond;
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j++) {
      const replaced = (row[j - 1] ?? beyond) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const edits = Math.min(replaced, (row[j] ?? beyond) + 1, (next[j - 1] ?? beyond) + 1, beyond);
      next[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > limit) return null;
    row = next;
  }
  const edits = row[b.length] ?? beyond;
  return edits > limit ? null : edits;
}
