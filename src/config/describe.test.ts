import { afterAll, expect, test } from "bun:test";
import { describeConfig } from "./describe.ts";
import { configOf, scratch } from "./scratch.ts";

const files = scratch();
afterAll(() => files.remove());

const FULL = `
server: { cors: { origins: ["https://a.example"] } }
data_dir: /var/lib/nyuro
egress: { allow: [10.0.0.0/8] }
providers:
  - id: azure
    preset: azure
    api_key: hidden-1
    auth: { api_version: 2024-10-21, client_secret: hidden-2, anything_else: hidden-3 }
    headers: { authorization: hidden-4 }
    timeouts: { idle_ms: 7 }
    models: [{ id: m, price: { input: 0.15, output: 1, cache_write: 0.3 }, weight: 2, capabilities: [tools] }]
aliases: { fast: m }
industries: { legal: [m, fast] }
auto: { code: m }
rules:
  - { name: b, priority: 5, when: { max_input_cost_usd: 0.05, needs: [tools], metadata: { a: b }, prompt_tokens: { max: 9 } }, then: { deny: No. } }
  - { name: a, then: { set_params: { seed: 1 }, max_cost_usd: 1 } }
alerts: { webhook: { url: https://hooks.example/hidden-5, secret: hidden-6 } }
`;

test("no secret is shown, and it shows that there is one", () => {
  const { config } = configOf(files.load(FULL));
  const described = describeConfig(config);
  expect(JSON.stringify(config).match(/hidden-\d/g)).toHaveLength(6);
  expect(JSON.stringify(described)).not.toContain("hidden");
  expect(described).toMatchObject({
    providers: [
      {
        api_key: "***",
        auth: { api_version: "2024-10-21", client_secret: "***", anything_else: "***" },
        headers: { authorization: "***" },
        models: [
          { id: "m", price: { input: "0.150000000", output: "1.000000000", cache_write: "0.300000000" } },
        ],
      },
    ],
    alerts: { webhook: { url: "https://hooks.example/***", secret: "***" } },
  });
  expect(JSON.stringify(described)).not.toContain("null");
});

test.each([FULL, ""])("what is shown would load again and mean the same but for the secrets", (text) => {
  const shown = describeConfig(configOf(files.load(text)).config);
  const again = configOf(files.load(JSON.stringify(shown))).config;
  expect(describeConfig(again)).toEqual(shown);
});
