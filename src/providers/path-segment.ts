/** One segment of a path: what it holds never leads to another place. Dots alone would be a way up, also as %2E. */
export function pathSegment(text: string): string {
  return /^\.+$/.test(text) ? text.replaceAll(".", "%252E") : encodeURIComponent(text);
}
