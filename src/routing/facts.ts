import type { Task } from "../config/words.ts";
import type { Classification } from "./classifier.ts";
import { containsPii } from "./pii.ts";
import type { RoutePolicy } from "./policy.ts";
import type { RouteRequest } from "./request.ts";
import { textsOf } from "./texts.ts";

/** What only some requests must know of themselves: found out when first asked for, and once. */
export class Facts {
  readonly request: RouteRequest;
  private readonly policy: RoutePolicy;
  private readonly firstInputCost: () => number | null;
  private classified: Classification | null;
  private words: readonly string[] | null = null;
  private keywords: ReadonlySet<number> | null = null;
  private pii: boolean | null = null;
  private cost: { nanoUsd: number | null } | null = null;

  /**
   * `firstInputCost`: nano-USD the prompt costs on the first candidate of what was asked for; null = unknown.
   * `known`: what the prompt was classified as before; null = it was not.
   */
  constructor(
    request: RouteRequest,
    policy: RoutePolicy,
    firstInputCost: () => number | null,
    known: Classification | null = null,
  ) {
    this.classified = known;
    this.request = request;
    this.policy = policy;
    this.firstInputCost = firstInputCost;
  }

  get classification(): Classification {
    this.classified ??= this.policy.classifier.classify(this.messages());
    return this.classified;
  }

  /** Null = nobody had to know. */
  get knownTask(): Task | null {
    return this.classified?.task ?? null;
  }

  get keywordsFound(): ReadonlySet<number> {
    this.keywords ??= this.policy.rules.keywords.findIn(this.texts());
    return this.keywords;
  }

  get containsPii(): boolean {
    this.pii ??= containsPii(this.texts());
    return this.pii;
  }

  get inputCostNanoUsd(): number | null {
    this.cost ??= { nanoUsd: this.firstInputCost() };
    return this.cost.nanoUsd;
  }

  messages(): readonly unknown[] {
    const { messages } = this.request.body;
    return Array.isArray(messages) ? messages : [];
  }

  private texts(): readonly string[] {
    this.words ??= textsOf(this.request.body.messages);
    return this.words;
  }
}
