import { expect } from "bun:test";
import type { JsonObject } from "../../core/json.ts";
import type { Attachment, WireRequest } from "../../providers/contract.ts";
import type { Item } from "../wire/items.ts";
import { openaiWire } from "../wire/openai.ts";
import type { ConversationTarget } from "./targets.ts";
import { type Timeline, timelineOf, type View } from "./timeline.ts";

/** What our own dialects say where nothing was said and the API insists. */
const FILLER = ".";
const EMPTY_RESULT = "(empty)";

/** Fails unless all that the chat says is in the body: texts, calls, results, files, instructions. */
export function expectSurvival(
  request: JsonObject,
  wire: WireRequest,
  body: JsonObject,
  { view, wire: api, keepsIds }: ConversationTarget,
  attachments: ReadonlyMap<string, Attachment>,
): void {
  const asked = fetched(openaiWire.items(request), attachments);
  const heard = api.items(body);
  const isFilled = wire.added.includes("messages");
  const found = timelineOf(heard.map(withoutFillers(isFilled)), view);
  const told = { ...view, hasIds: true };
  expect(found).toEqual(wanted(asked.map(withoutFillers(isFilled)), found, told));
  expectIds(asked, heard, keepsIds);
}

/** Where the API has no place for instructions, or nothing else was said, the user says them. */
function wanted(asked: readonly Item[], found: Timeline, view: View): Timeline {
  const apart = timelineOf(asked, view);
  const isMoved = view.system === "with the user" || (apart.said.length === 0 && found.system === "");
  const ended = isMoved ? timelineOf(saidByUser(asked), view) : apart;
  const last = ended.said.at(-1);
  const continues = view.system !== "in place" && found.said.at(-1) === last?.trimEnd();
  return continues && last !== undefined
    ? { ...ended, said: [...ended.said.slice(0, -1), last.trimEnd()] }
    : ended;
}

function saidByUser(items: readonly Item[]): Item[] {
  const isSystem = (item: Item) => item.kind === "text" && item.role === "system";
  const told = items.filter(isSystem).map((item): Item => ({ ...item, role: "user" }) as Item);
  return [...told, ...items.filter((item) => !isSystem(item))];
}

function withoutFillers(isFilled: boolean) {
  return (item: Item): Item => {
    if (item.kind === "result")
      return { ...item, texts: item.texts.map((it) => (it === EMPTY_RESULT ? "" : it)) };
    return isFilled && item.kind === "text" && item.role === "user" && item.text === FILLER
      ? { ...item, text: "" }
      : item;
  };
}

function fetched(items: readonly Item[], attachments: ReadonlyMap<string, Attachment>): Item[] {
  const base64 = (data: string) => attachments.get(data)?.base64 ?? data;
  return items.map((item) => {
    if (item.kind === "media") return { ...item, data: base64(item.data) };
    return item.kind === "result" ? { ...item, media: item.media.map(base64) } : item;
  });
}

/** Ids that the API takes are the caller's own, but where one is there already. */
function expectIds(asked: readonly Item[], heard: readonly Item[], keepsIds: RegExp): void {
  const idsOf = (items: readonly Item[]) => items.flatMap((it) => (it.kind === "call" ? [it.id] : []));
  const found = idsOf(heard);
  idsOf(asked).forEach((id, at) => {
    if (keepsIds.test(id) && !found.slice(0, at).includes(id)) expect(found[at]).toBe(id);
  });
}
