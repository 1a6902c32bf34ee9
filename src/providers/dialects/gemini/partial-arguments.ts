import type { JsonObject } from "../../../core/json.ts";
import { isObject } from "../../../core/json.ts";

type Step = string | number;
type Container = JsonObject | unknown[];

/**
 * The arguments of a call that Vertex tells piece by piece: `{jsonPath: "$.a.b[0]", stringValue, willContinue}`. Paths
 * may come in any order, so that the JSON is only known when the call ends.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export class PartialArguments {
  private readonly root: JsonObject = {};
  /** The path of a string that goes on, if any. */
  private growing: string | null = null;

  add(pieces: unknown): void {
    for (const piece of Array.isArray(pieces) ? pieces : []) if (isObject(piece)) this.addPiece(piece);
  }

  get text(): string {
    return JSON.stringify(this.root);
  }

  private addPiece(piece: JsonObject): void {
    const path = typeof piece.jsonPath === "string" ? piece.jsonPath : "";
    const steps = stepsOf(path);
    const last = steps.at(-1);
    const value = valueOf(piece);
    if (last === undefined || value === undefined) return;
    const holder = this.holderOf(steps);
    const before = own(holder, last);
    const isMore = path === this.growing && typeof before === "string" && typeof value === "string";
    put(holder, last, isMore ? before + value : value);
    this.growing = piece.willContinue === true ? path : null;
  }

  /** The object or list that the last step leads into; what is missing on the way is made. */
  private holderOf(steps: readonly Step[]): Container {
    let holder: Container = this.root;
    for (let i = 0; i < steps.length - 1; i++) {
      const step = steps[i] ?? "";
      let inner = own(holder, step);
      if (!isContainer(inner)) {
        inner = typeof steps[i + 1] === "number" ? [] : {};
        put(holder, step, inner);
      }
      holder = inner as Container;
    }
    return holder;
  }
}

function valueOf(piece: JsonObject): unknown {
  if ("nullValue" in piece) return null;
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue;
}

/** `$.a['b c'][0]` as `a`, `b c`, 0. */
function stepsOf(path: string): Step[] {
  const steps: Step[] = [];
  for (const [, index, quoted, name] of path.matchAll(/\[(\d+)\]|\[['"](.*?)['"]\]|\.?([^.[\]$]+)/g))
    steps.push(index === undefined ? (quoted ?? name ?? "") : Number(index));
  return steps;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function own(holder: Container, step: Step): unknown {
  return Object.hasOwn(holder, step) ? (holder as Record<Step, unknown>)[step] : undefined;
}

/** The model chooses the names: `__proto__` has to be one like any other. A list grows by one at most, never by holes. */
function put(holder: Container, step: Step, value: unknown): void {
  if (Array.isArray(holder)) holder[Math.min(Number(step) || 0, holder.length)] = value;
  else Object.defineProperty(holder, step, { value, enumerable: true, configurable: true, writable: true });
}
