const BEGIN = "<!-- simulation:start -->";
const END = "<!-- simulation:end -->";
const HEADING = "## Measured by simulation";

/** `document` with the text between the marks replaced; without marks it is added at the end under its heading. */
export function withSimulation(document: string, text: string): string {
  const block = `${BEGIN}\n\n${text.trim()}\n\n${END}`;
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) return `${document.trimEnd()}\n\n${HEADING}\n\n${block}\n`;
  return document.slice(0, begin) + block + document.slice(end + END.length);
}
