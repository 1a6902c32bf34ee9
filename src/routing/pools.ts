import type { Task } from "../config/words.ts";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import { blendedPrice } from "./order/alias.ts";
import { sortedByNumber } from "./order/by-number.ts";
import { rankLocalFirst } from "./order/local.ts";
import { rankByQuality } from "./order/quality.ts";

/** Every deployment of one catalog, ranked once so that a request only has to settle what changes. */
export class Pools {
  /** By id. */
  readonly all: readonly Deployment[];
  /** By blended price: near the order of any expected cost. */
  readonly byPrice: readonly Deployment[];
  private readonly ranked = new Map<Task | "local", readonly Deployment[]>();

  constructor(catalog: CatalogView) {
    const all = [...catalog.models.values()].flatMap(({ deployments }) => deployments);
    this.all = all.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.byPrice = sortedByNumber(this.all, blendedPrice, null);
  }

  byQuality(task: Task): readonly Deployment[] {
    return this.rank(task, () => rankByQuality(this.all, task));
  }

  localFirst(): readonly Deployment[] {
    return this.rank("local", () => rankLocalFirst(this.all));
  }

  private rank(name: Task | "local", make: () => Deployment[]): readonly Deployment[] {
    let ranked: readonly Deployment[] | undefined = this.ranked.get(name);
    if (!ranked) {
      ranked = make();
      this.ranked.set(name, ranked);
    }
    return ranked;
  }
}
