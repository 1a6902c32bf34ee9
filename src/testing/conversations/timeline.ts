import { isObject } from "../../core/json.ts";
import type { Item, Role } from "../wire/items.ts";

/** What of a chat must survive a translation, in a form that two APIs' requests can be compared in. */
export interface Timeline {
  /** Instructions that stand apart, as lines. */
  system: string;
  /** `user: hi`, `call 0: weather {"city":"Oslo"}`, `result of 0: sun`. */
  said: string[];
  /** Data or addresses, sorted: APIs disagree on where files stand. */
  media: string[];
}

export interface View {
  /** Where instructions stand: apart, where they stood, or before what the user says first. */
  system: "apart" | "in place" | "with the user";
  /** Texts that the API does not take; they are left out. */
  isBlank(text: string): boolean;
  /** Calls and results are told apart by ids, not by their order. */
  hasIds: boolean;
  /** A result can be told to be an error. */
  hasErrors: boolean;
}

type Line = { role: Role | null; text: string };

export function timelineOf(items: readonly Item[], view: View): Timeline {
  const lines: Line[] = [];
  const media: string[] = [];
  const system: string[] = [];
  const calls = new OpenCalls(view.hasIds);
  for (const item of items) {
    if (item.kind === "text") {
      if (view.isBlank(item.text)) continue;
      if (item.role === "system" && view.system !== "in place") system.push(item.text);
      else addText(lines, item.role, item.text);
    } else if (item.kind === "call") {
      lines.push({
        role: null,
        text: `call ${calls.add(item.id)}: ${item.name} ${JSON.stringify(wellFormed(item.input))}`,
      });
    } else if (item.kind === "result") {
      const failed = view.hasErrors && item.isError ? " (error)" : "";
      const told = item.texts.filter((text) => !view.isBlank(text)).join("\n");
      lines.push({ role: null, text: `result of ${calls.answer(item.id)}${failed}: ${told}` });
    }
    if (item.kind === "media") media.push(item.data);
    if (item.kind === "result") media.push(...item.media);
  }
  const said = inCallOrder(lines.map(({ role, text }) => (role === null ? text : `${role}: ${text}`)));
  return {
    system: system.join("\n").toWellFormed(),
    said: said.map((line) => line.toWellFormed()),
    media: media.sort(),
  };
}

/** Texts of one role beside each other are lines of one: what parts they came in is the API's. */
function addText(lines: Line[], role: Role, text: string): void {
  const last = lines.at(-1);
  if (last?.role === role) last.text += `\n${text}`;
  else lines.push({ role, text });
}

/** Results beside each other are told in any order. */
function inCallOrder(said: readonly string[]): string[] {
  const sorted: string[] = [];
  let block: string[] = [];
  const place = (line: string) => Number(/^result of (\d+)/.exec(line)?.[1]);
  const close = () => {
    sorted.push(...block.toSorted((a, b) => place(a) - place(b)));
    block = [];
  };
  for (const line of said) {
    if (line.startsWith("result of ")) block.push(line);
    else {
      close();
      sorted.push(line);
    }
  }
  close();
  return sorted;
}

/** Numbers calls, and says which of those still open a result belongs to: the first with its id, or the first. */
class OpenCalls {
  private count = 0;
  private readonly open: { id: string; at: number }[] = [];
  private readonly hasIds: boolean;

  constructor(hasIds: boolean) {
    this.hasIds = hasIds;
  }

  add(id: string): number {
    this.open.push({ id, at: this.count });
    return this.count++;
  }

  answer(id: string): string {
    const place = this.hasIds ? this.open.findIndex((call) => call.id === id) : 0;
    const [call] = place < 0 ? [] : this.open.splice(place, 1);
    return call ? `${call.at}` : `nothing (${id})`;
  }
}

/** Halves of characters are no text: they may be replaced anywhere. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key.toWellFormed(), wellFormed(it)]));
}
