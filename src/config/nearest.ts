/** Case and separators are what people get wrong most; they do not count. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Edits (insert, delete, replace) between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name a mistyped one most likely meant; null where none is near enough to be worth saying. */
export function nearest(name: string, known: readonly string[]): string | null {
  const wanted = plain(name.slice(0, 64));
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const target = plain(candidate);
    const edits = distance(wanted, target);
    if (edits < bestDistance && edits < Math.max(wanted.length, target.length)) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** `; did you mean base_url?`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  return guess === null ? "" : `; did you mean ${guess}?`;
}
