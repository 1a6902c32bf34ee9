import type { LogDetail } from "../../api-types.ts";
import { showCount, showUsd } from "../../core/format.ts";
import { Facts } from "../../parts/page.tsx";

const SOURCES: Record<LogDetail["usage_source"], string> = {
  provider: "told by the provider",
  counted: "counted by us: the provider did not tell",
  held: "what was put aside: the end of it is not known",
  none: "none: nothing was used",
};

export function Usage({ row }: { row: LogDetail }) {
  const { price } = row;
  const lines = [
    ["Prompt", row.prompt_tokens, price?.input],
    ["of it cached", row.cached_tokens, price?.cached_input],
    ["of it written to the cache", row.cache_write_tokens, price?.cache_write],
    ["Answer", row.completion_tokens, price?.output],
    ["of it reasoning", row.reasoning_tokens, price?.reasoning],
  ] as const;
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <section className="relative overflow-x-auto" aria-label="Tokens" tabIndex={0}>
        <table className="table">
          <caption className="sr-only">Tokens and their prices</caption>
          <thead>
            <tr>
              <th scope="col">Tokens</th>
              <th scope="col" className="number">
                Count
              </th>
              <th scope="col" className="number">
                USD per million
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map(([label, count, usd]) => (
              <tr key={label}>
                <td className={label.startsWith("of it") ? "pl-7 text-quiet" : ""}>{label}</td>
                <td className="number">{showCount(count)}</td>
                <td className="number">{showUsd(usd)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td>Cost</td>
              <td />
              <td className="number">{row.cost_usd === null ? "price unknown" : showUsd(row.cost_usd)}</td>
            </tr>
          </tfoot>
        </table>
      </section>
      <Facts
        facts={[
          ["Usage is", SOURCES[row.usage_source]],
          [
            "Price from",
            price
              ? `${price.source ?? "unknown"}${price.as_of ? `, as of ${price.as_of}` : ""}`
              : "no price known",
          ],
          ["Upstream name", row.upstream_model ?? "none"],
          ["Cache", row.cache],
          ["Catalog", row.catalog_revision ?? "not kept"],
          ["Configuration", row.config_revision ?? "not kept"],
        ]}
      />
    </div>
  );
}
