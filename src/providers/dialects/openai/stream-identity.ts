import { isObject, type JsonObject } from "../../../core/json.ts";
import type { StreamOptions } from "../../contract.ts";
import { fill } from "./reply.ts";

/** Where `id` or `createdS` is absent, what an upstream does not tell stays untold. */
export type Identified = Pick<StreamOptions, "model"> & Partial<Pick<StreamOptions, "id" | "createdS">>;

/**
 * Who a stream's events are of: `id`, `object`, `created` and `model` are the same in all of them. What an upstream
 * leaves out is put in, from its other events if they tell.
 */
export class StreamIdentity {
  /** The upstream's own, or ours. */
  id: string | null = null;
  /** The last event with an answer in it lacked something: so will the next, and it cannot stay as it is. */
  isMissing = false;
  private created: number | undefined;
  private readonly options: Identified;

  constructor(options: Identified) {
    this.options = options;
    this.created = options.createdS;
  }

  /** Changes a parsed event; true where something had to be put in. */
  repair(chunk: JsonObject, choices: readonly unknown[]): boolean {
    // Azure's first event has only its filter's findings and names nobody: its bytes may stay.
    if (choices.length === 0 && !isObject(chunk.usage) && chunk.id === "") return false;
    if (typeof chunk.id === "string" && chunk.id !== "") this.id = chunk.id;
    if (typeof chunk.created === "number") this.created = chunk.created;
    this.id ??= this.options.id === undefined ? null : `chatcmpl-${this.options.id}`;
    const isText = choices.some((choice) => isObject(choice) && typeof choice.text === "string");
    let changed = this.id !== null && fill(chunk, "id", this.id);
    changed = fill(chunk, "object", isText ? "text_completion" : "chat.completion.chunk") || changed;
    changed = fill(chunk, "created", this.created) || changed;
    if (chunk.model === undefined || chunk.model === null) {
      chunk.model = this.options.model;
      changed = true;
    }
    if (choices.length > 0) this.isMissing = changed;
    return changed;
  }
}
