/** Longer names are nobody's. */
const LONGEST_NAME = 300;

/** `*` stands for any text, `?` for one character; everything else for itself. At most names × pattern steps. */
export function globMatches(pattern: string, name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  let [at, inPattern] = [0, 0];
  let [star, retryAt] = [-1, 0];
  while (at < name.length) {
    const wanted = pattern[inPattern];
    if (wanted === "*") {
      star = inPattern;
      retryAt = at;
      inPattern += 1;
    } else if (wanted === "?" || (wanted !== undefined && wanted === name[at])) {
      at += 1;
      inPattern += 1;
    } else if (star >= 0) {
      retryAt += 1;
      at = retryAt;
      inPattern = star + 1;
    } else return false;
  }
  while (pattern[inPattern] === "*") inPattern += 1;
  return inPattern === pattern.length;
}
