import type { Deployment } from "../core/deployment.ts";
import { type Fault, fault } from "../core/faults.ts";
import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import { addUsage, type Usage } from "../core/usage.ts";
import { usageShape } from "../providers/translate/usage-shape.ts";
import { type Called, type CallInput, call } from "./call.ts";
import type { Upstream } from "./gateway.ts";

type Answered = Extract<Called, { kind: "answer" }>;
type Failed = Extract<Called, { kind: "fault" }>;

/** Most calls of one attempt under way at once. */
const AT_ONCE = 4;

/**
 * One attempt: a call, or several where a request has more to embed than its provider takes at once. To the caller and
 * in the records they are one: one answer, one usage, and the first fault is the fault of them all.
 */
export function callInBatches(input: CallInput, upstream: Upstream, deployment: Deployment): Promise<Called> {
  const batches = batchesOf(input, upstream.provider.embeddingBatch);
  return batches
    ? new BatchedCall(input, upstream, deployment, batches).made()
    : call(input, upstream, deployment);
}

/** Null = one call will do. A single list of token ids is one input. */
function batchesOf({ operation, request }: CallInput, most: number | undefined): unknown[][] | null {
  const { input } = request.body;
  if (operation !== "embeddings" || most === undefined || !Array.isArray(input)) return null;
  if (input.length <= most || typeof input[0] === "number") return null;
  const batches: unknown[][] = [];
  for (let from = 0; from < input.length; from += most) batches.push(input.slice(from, from + most));
  return batches;
}

class BatchedCall {
  private readonly input: CallInput;
  private readonly upstream: Upstream;
  private readonly deployment: Deployment;
  private readonly batches: readonly unknown[][];
  private readonly startedMs: number;
  /** By batch. */
  private readonly answers: (Answered | undefined)[] = [];
  private failed: Failed | null = null;
  private next = 0;
  /** Breaks off what is under way. */
  private readonly aborts = new Set<() => void>();
  private isBroken = false;

  constructor(input: CallInput, upstream: Upstream, deployment: Deployment, batches: readonly unknown[][]) {
    this.input = input;
    this.upstream = upstream;
    this.deployment = deployment;
    this.batches = batches;
    this.startedMs = input.gateway.clock.monotonic();
    input.open.whenBroken(() => this.breakOff());
  }

  /** All batches, in order, some at once; a deployment whose calls are limited is called once at a time. */
  async made(): Promise<Called> {
    const atOnce = this.deployment.maxParallel === null ? AT_ONCE : 1;
    await Promise.all(this.batches.slice(0, atOnce).map(() => this.callOn()));
    if (this.failed) return asOne(this.failed, this.answers);
    const answers = this.answers.filter((answer) => answer !== undefined);
    const { request, costOf } = this.input;
    return merged(answers, this.batches, request.wantsCost ? costOf : undefined);
  }

  private async callOn(): Promise<void> {
    try {
      while (this.next < this.batches.length && !this.failed) {
        const at = this.next;
        this.next += 1;
        await this.callOne(at);
      }
    } catch (bug) {
      this.breakOff();
      throw bug;
    }
  }

  private async callOne(at: number): Promise<void> {
    const { input, deployment } = this;
    const own = new Set<() => void>();
    const whenBroken = (act: () => void) => {
      own.add(act);
      this.aborts.add(act);
      if (this.isBroken) act();
    };
    const body = { ...input.request.body, input: this.batches[at] };
    const called = await call(
      { ...input, request: { ...input.request, body }, open: { whenBroken } },
      this.withTimeLeft(),
      deployment,
    );
    for (const act of own) this.aborts.delete(act);
    if (called.kind === "stream") throw new Error("embeddings do not stream");
    if (called.kind === "answer") this.answers[at] = called;
    else {
      this.failed ??= called;
      this.breakOff();
    }
  }

  private breakOff(): void {
    this.isBroken = true;
    for (const act of this.aborts) act();
  }

  /** The attempt as a whole has the time that a call has. */
  private withTimeLeft(): Upstream {
    const { provider } = this.upstream;
    const elapsedMs = this.input.gateway.clock.monotonic() - this.startedMs;
    if (elapsedMs < 1) return this.upstream;
    const totalMs = Math.max(1, provider.timeouts.totalMs - elapsedMs);
    return { ...this.upstream, provider: { ...provider, timeouts: { ...provider.timeouts, totalMs } } };
  }
}

/** Once a batch was answered the provider has worked, and nothing is sent a second time. */
function asOne(failed: Failed, answers: readonly (Answered | undefined)[]): Failed {
  let usage = failed.usage;
  for (const answer of answers) {
    const told = answer?.decoded.usage;
    if (told) usage = usage ? addUsage(usage, told) : told;
  }
  if (!answers.some((answer) => answer !== undefined)) return failed;
  return { ...failed, fault: { ...failed.fault, beforeResponse: false }, heard: true, usage };
}

/** Of all batches together; null where one of them does not tell. */
function usageOf(answers: readonly Answered[]): Usage | null {
  return answers
    .map(({ decoded }) => decoded.usage)
    .reduce((sum, usage) => sum && usage && addUsage(sum, usage));
}

function merged(
  answers: readonly Answered[],
  batches: readonly unknown[][],
  costOf: ((usage: Usage) => number | null) | undefined,
): Called {
  const [first] = answers;
  if (!first || answers.length !== batches.length) throw new Error("a batch was neither answered nor failed");
  const data: JsonObject[] = [];
  let reply: JsonObject = {};
  const usage = usageOf(answers);
  for (const [at, { decoded }] of answers.entries()) {
    const told = parseJson(decoded.text);
    const items = isObject(told) ? inOrder(told.data, batches[at]?.length ?? 0) : null;
    if (!items)
      return asFault(
        first,
        fault("malformed", `batch ${at} is not answered input by input`),
        usageOf(answers),
      );
    if (at === 0 && isObject(told)) reply = told;
    for (const item of items) data.push({ ...item, index: data.length });
  }
  const { usage: _, ...rest } = reply;
  const body = { ...rest, data, ...(usage ? { usage: usageShape(usage, costOf) } : {}) };
  const decoded = { ...first.decoded, text: JSON.stringify(body), usage };
  return { ...first, decoded };
}

function asFault({ wire }: Answered, malformed: Fault, usage: Usage | null): Failed {
  return { kind: "fault", fault: malformed, wire, heard: true, usage };
}

/** The embeddings by their `index`, or by their place where they have none; null unless there is one for each input. */
function inOrder(data: unknown, count: number): JsonObject[] | null {
  if (!Array.isArray(data) || data.length !== count) return null;
  const items: JsonObject[] = new Array(count);
  for (const [place, item] of data.entries()) {
    if (!isObject(item)) return null;
    const at = item.index ?? place;
    if (typeof at !== "number" || !Number.isInteger(at) || at < 0 || at >= count || items[at]) return null;
    items[at] = item;
  }
  return items;
}
