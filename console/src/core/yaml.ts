/** Words that YAML would read as something else than text, and what it would not read at all. */
const PLAIN = /^[A-Za-z_][\w./-]*$/;
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: unknown): string {
  const isPlain = typeof value === "string" && PLAIN.test(value) && !NO_TEXT.test(value);
  return isPlain ? value : JSON.stringify(value);
}

const isMapping = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** On one line; what is no plain word is written as in JSON, which is YAML too. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isMapping(value)) return scalar(value);
  const members = Object.entries(value).map(([name, it]) => `${scalar(name)}: ${flow(it)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** One entry of a list in the configuration file, two mappings deep in lines, the rest on one each. */
export function yamlEntry(entry: object): string {
  const lines = Object.entries(entry).flatMap(([name, value]) => {
    if (!isMapping(value) || Object.keys(value).length === 0) return [`${scalar(name)}: ${flow(value)}`];
    const members = Object.entries(value).map(([inner, it]) => `  ${scalar(inner)}: ${flow(it)}`);
    return [`${scalar(name)}:`, ...members];
  });
  return lines.map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)).join("\n");
}
