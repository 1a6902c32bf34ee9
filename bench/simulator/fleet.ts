import { canonicalNameOf } from "../../src/catalog/names.ts";
import { factsOf } from "../../src/catalog/table.ts";
import { taskQualityOf } from "../../src/catalog/task-quality.ts";
import type { CatalogView, Deployment } from "../../src/core/deployment.ts";
import { catalogOf, deployment, price } from "../../src/testing/catalog.ts";

/** One deployment of the simulated world: what the router knows of it, and what it has to find out. */
export interface Host {
  deployment: Deployment;
  /** Median time to first content, ms. */
  ttftMs: number;
}

/** Deployment, USD per million tokens in and out, median time to first content in ms. */
const HOSTS: readonly (readonly [string, number, number, number])[] = [
  ["atlas/gpt-4o", 2.5, 10, 480],
  ["atlas/gpt-4o-mini", 0.15, 0.6, 420],
  ["boreal/claude-sonnet-4-5", 3, 15, 950],
  ["boreal/claude-haiku-4-5", 1, 5, 560],
  ["cirrus/gpt-4o", 2.75, 11, 390],
  ["cirrus/gpt-4o-mini", 0.17, 0.66, 360],
  ["cirrus/claude-sonnet-4-5", 3.3, 16.5, 1_050],
  ["delta/llama-3.1-8b-instant", 0.05, 0.08, 150],
  ["delta/gpt-oss-120b", 0.15, 0.6, 190],
  ["delta/llama-3.3-70b-instruct", 0.59, 0.79, 210],
  ["ember/gpt-oss-120b", 0.1, 0.42, 640],
  ["ember/deepseek-chat", 0.28, 0.42, 1_250],
  ["ember/qwen3-coder", 0.3, 1.2, 720],
];

/**
 * Five invented providers with models of today: ability, windows and quality are our table's, prices are of the size
 * that such hosts ask, latencies are made up.
 */
export const FLEET: readonly Host[] = HOSTS.map(([id, inputUsd, outputUsd, ttftMs]) => {
  const name = canonicalNameOf(id.slice(id.indexOf("/") + 1));
  const facts = factsOf(name);
  if (!facts) throw new Error(`${name} is not in the table of models`);
  const { quality, contextLength, maxOutputTokens, capabilities } = facts;
  return {
    ttftMs,
    deployment: deployment(id, {
      price: price(inputUsd, outputUsd),
      taskQuality: taskQualityOf(name),
      ...{ quality, contextLength, maxOutputTokens, capabilities },
    }),
  };
});

/** The alias that stands for one small model and what is nearest to it. */
export const ALIAS = "fast";

export function fleetCatalog(): CatalogView {
  return catalogOf(
    FLEET.map((host) => host.deployment),
    { [ALIAS]: ["gpt-4o-mini", "gpt-oss-120b"] },
  );
}

export const HOST_OF: ReadonlyMap<string, Host> = new Map(FLEET.map((host) => [host.deployment.id, host]));
