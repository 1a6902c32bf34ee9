import type { JsonObject } from "../../core/json.ts";

export type Role = "system" | "user" | "assistant";

/** One thing that a request says, in words that all APIs share; an empty id or name = the API has none. */
export type Item =
  | { kind: "text"; role: Role; text: string }
  | { kind: "media"; role: Role; mediaType: string; data: string }
  | { kind: "call"; id: string; name: string; input: JsonObject }
  | { kind: "result"; id: string; name: string; texts: string[]; media: string[]; isError: boolean }
  | { kind: "signed"; signature: string };

/** Instructions, wherever they stood, as lines. */
export function systemOf(items: readonly Item[]): string {
  return items
    .flatMap((item) => (item.kind === "text" && item.role === "system" ? [item.text] : []))
    .join("\n");
}

/** What else is said, as lines: `user: text=hi + image=image/png/AAAA`. Neighbours of one role are one turn. */
export function turnsOf(items: readonly Item[]): string[] {
  const turns: { role: Role; parts: string[] }[] = [];
  for (const item of items) {
    const role = roleOf(item);
    if (role === "system") continue;
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(partOf(item));
    else turns.push({ role, parts: [partOf(item)] });
  }
  return turns.map(({ role, parts }) => `${role}: ${parts.join(" + ")}`);
}

function roleOf(item: Item): Role {
  if (item.kind === "result") return "user";
  return item.kind === "call" || item.kind === "signed" ? "assistant" : item.role;
}

function partOf(item: Item): string {
  switch (item.kind) {
    case "text":
      return `text=${item.text}`;
    case "media":
      return `image=${item.mediaType}/${item.data}`;
    case "call":
      return `call=${item.name}${JSON.stringify(item.input)}`;
    case "result":
      return `result=${item.texts.join("")}`;
    case "signed":
      return `signed=${item.signature}`;
  }
}
