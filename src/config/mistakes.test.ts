import { afterAll, expect, test } from "bun:test";
import { problemsOf, scratch } from "./scratch.ts";

const files = scratch();
afterAll(() => files.remove());

const ENV = { SECRET: "hidden value", SLASHED: "hidden/value", URL: "ftp://hidden" };

function provider(keys: string): string {
  return `providers: [{ id: a, preset: openai, ${keys} }]`;
}

function model(keys: string): string {
  return provider(`models: [{ id: m, ${keys} }]`);
}

function rule(keys: string): string {
  return `rules: [{ name: r, ${keys} }]`;
}

function webhook(keys: string): string {
  return `alerts: { webhook: { ${keys} } }`;
}

const UNSIGNED = "alerts.webhook.secret is needed with a url: each call is signed";
const NOT_HTTPS =
  "alerts.webhook.url must be an https:// address; http:// is for IP addresses and localhost that egress.allow names";

/** The file, and all that is told about it. */
const TABLE: [string, string[]][] = [
  ["- a", ["the file must be a mapping of keys"]],
  ["hidden", ["the file must be a mapping of keys, not text"]],
  ["serverr: {}", ["serverr is not a known key; did you mean server?"]],
  ["qqqqqqqq: 1", ["qqqqqqqq is not a known key"]],
  ['"a b\\u0007": 1', ['["a b\\u0007"] is not a known key']],
  ["server:", ["server has no value; give it one or remove the line"]],
  ["server: []", ["server must be a mapping of keys"]],
  ["server: { port: 65536 }", ["server.port must be at most 65535"]],
  ["server: { port: -1 }", ["server.port must be at least 0"]],
  ["server: { port: 1.5 }", ["server.port must be a whole number"]],
  ['server: { port: "80" }', ["server.port must be a number, not text"]],
  [
    "server: { host: http://x }",
    ["server.host must be a host name or an IP address, without scheme and port"],
  ],
  ["server: { public_metrics: yes }", ["server.public_metrics must be true or false, not text"]],
  ["server: { drain_ms: .inf }", ["server.drain_ms must be a number"]],
  ["server: { body_timeout_ms: 3000000000 }", ["server.body_timeout_ms must be at most 2147483647"]],
  [
    "server: { cors: { origins: [https://a.example/] } }",
    ["server.cors.origins[0] must be * or an origin such as https://app.example.com, without a path"],
  ],
  ["store: { sync: hidden }", ["store.sync must be one of normal, full"]],
  [
    "egress: { allow: [10.0.0.0/33, 10.0.0.1] }",
    [
      "egress.allow[0] must be an address range in CIDR notation such as 10.0.0.0/8",
      "egress.allow[1] must be an address range in CIDR notation such as 10.0.0.0/8",
    ],
  ],
  ["egress: { allow: [10.0.0.0/8, fd00::/8] }", []],
  ["providers: [{}]", ["providers[0].id is missing", "providers[0] needs a preset or a base_url"]],
  ["providers: [{ id: a }]", ["providers[0] needs a preset or a base_url"]],
  ["providers: [{ id: a, dialect: openai }]", ["providers[0] needs a preset or a base_url"]],
  [
    "providers: [{ id: a, basurl: http://x }]",
    [
      "providers[0].basurl is not a known key; did you mean base_url?",
      "providers[0] needs a preset or a base_url",
    ],
  ],
  [
    "providers: [{ id: a, preset: opnai }]",
    ["providers[0].preset is not a known preset; did you mean openai?"],
  ],
  ["providers: [{ id: a, preset: zzzzzzzz }]", ["providers[0].preset is not a known preset"]],
  [provider("dialect: gemini"), ["providers[0].dialect is not a known dialect"]],
  [
    "providers: [{ id: a, preset: openai }, { id: b, preset: groq }, { id: a, preset: azure }]",
    ["providers[2].id is the same as providers[0].id"],
  ],
  [
    provider("models: [{ id: m }, { id: m }]"),
    ["providers[0].models[1].id is the same as providers[0].models[0].id"],
  ],
  [
    provider("timeouts: { connect: 5 }"),
    ["providers[0].timeouts.connect is not a known key; did you mean connect_ms?"],
  ],
  [provider("timeouts: { idle_ms: 0 }"), ["providers[0].timeouts.idle_ms must be at least 1"]],
  [provider("auth: { api_version: 1 }"), ["providers[0].auth.api_version must be text; put it in quotes"]],
  [provider("headers: { Host: x }"), ["providers[0].headers.Host is not a header that can be set"]],
  [
    provider('headers: { x-a: "a\\r\\nb: hidden" }'),
    [
      "providers[0].headers.x-a must be one line of printable characters without spaces around it, and not empty",
    ],
  ],
  [
    provider('api_key: ""'),
    ["providers[0].api_key must be one line of printable characters without spaces around it, and not empty"],
  ],
  [provider("data_collection: no"), ["providers[0].data_collection must be one of allow, deny"]],
  [model("price: { input: 1 }"), ["providers[0].models[0].price.output is missing"]],
  [
    model("price: { input: -1, output: cheap }"),
    [
      "providers[0].models[0].price.input must be an amount in USD such as 0.15, not negative",
      "providers[0].models[0].price.output must be an amount in USD such as 0.15, not negative",
    ],
  ],
  [
    model("quality: 101, weight: 0, context: 0"),
    [
      "providers[0].models[0].quality must be at most 100",
      "providers[0].models[0].context must be at least 1",
      "providers[0].models[0].weight must be more than 0",
    ],
  ],
  [
    model("capabilities: [smell]"),
    [
      "providers[0].models[0].capabilities[0] must be one of tools, json_schema, vision, audio, pdf, reasoning",
    ],
  ],
  ["aliases: { a: a }", ['aliases.a leads back to itself: "a" → "a"']],
  [
    "aliases: { a: [x, b], b: c, c: [y, a], d: a }",
    ['aliases.a leads back to itself: "a" → "b" → "c" → "a"'],
  ],
  ["aliases: { a: [b, c], b: d, c: d, d: e }", []],
  [
    "aliases: { auto: x }",
    [
      "aliases.auto is not a usable alias name: 1 to 200 characters without control characters, and no reserved name",
    ],
  ],
  [
    'aliases: { "a\\nb": x }',
    [
      'aliases["a\\nb"] is not a usable alias name: 1 to 200 characters without control characters, and no reserved name',
    ],
  ],
  [
    "aliases: { a: [], b: 3 }",
    ["aliases.a must have at least 1 entry", "aliases.b must be the name of a model or a list of such names"],
  ],
  ["aliases: { constructor: toString }", []],
  ["industries: { leagl: x }", ["industries.leagl is not a known key; did you mean legal?"]],
  ["auto: { coding: x }", ["auto.coding is not a known key"]],
  [rule("then: {}"), ["rules[0].then needs at least one action"]],
  [rule("when: { stream: true }"), ["rules[0].then is missing"]],
  [rule("then: { models: [a], strategy: cost }"), ["rules[0].then cannot have both models and strategy"]],
  [
    rule("then: { strategy: speed }"),
    ["rules[0].then.strategy must be one of cost, quality, latency, local"],
  ],
  [
    rule("when: { prompt_tokens: {} }, then: { only_local: true }"),
    ["rules[0].when.prompt_tokens needs min or max"],
  ],
  [
    rule("when: { prompt_tokens: { min: 2, max: 1 } }, then: { only_local: true }"),
    ["rules[0].when.prompt_tokens has a min above its max"],
  ],
  [
    rule("when: { keywords: { any: [] } }, then: { only_local: true }"),
    ["rules[0].when.keywords needs an entry in any or all"],
  ],
  [
    rule("when: { industri: legal }, then: { only_local: true }"),
    ["rules[0].when.industri is not a known key; did you mean industry?"],
  ],
  [
    "rules: [{ name: r, then: { only_local: true } }, { name: r, then: { only_local: true } }]",
    ["rules[1].name is the same as rules[0].name"],
  ],
  [
    "routing: { quality_floor: 101, max_attempts: 0 }",
    ["routing.quality_floor must be at most 100", "routing.max_attempts must be at least 1"],
  ],
  [
    "alerts: { webhook: { url: hidden } }",
    ["alerts.webhook.url must be an http:// or https:// address without user name and fragment, or empty"],
  ],
  [webhook('url: "https://x/hidden?hidden", secret: hidden'), []],
  [webhook("url: https://x, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), []],
  ...["127.0.0.1:1", "localhost", "[::ffff:7f00:1]", "127.1"].map((host): [string, string[]] => [
    `${webhook(`url: "http://${host}/hidden", secret: hidden`)}\negress: { allow: [10.0.0.0/8, 127.0.0.0/8] }`,
    [],
  ]),
  [webhook("url: https://x/hidden"), [UNSIGNED]],
  [webhook('url: https://x/hidden, secret: ""'), [UNSIGNED]],
  [webhook("url: http://x/hidden, secret: hidden"), [NOT_HTTPS]],
  [webhook("url: http://10.0.0.1/hidden"), [NOT_HTTPS, UNSIGNED]],
  [
    `${webhook("url: http://127.0.0.1/hidden, secret: hidden")}\negress: { allow: [10.0.0.0/8] }`,
    [NOT_HTTPS],
  ],
  [`${webhook("url: http://x/hidden, secret: hidden")}\negress: { allow: [0.0.0.0/0] }`, [NOT_HTTPS]],
  [`${webhook('url: "http://[::1]/hidden", secret: hidden')}\negress: { allow: [0.0.0.0/0] }`, [NOT_HTTPS]],
  [
    webhook('url: https://x, secret: "whsec_hidden!"'),
    ["alerts.webhook.secret must have base64 after whsec_, or not begin with it"],
  ],
  [
    webhook("url: https://x, secret: whsec_"),
    ["alerts.webhook.secret must have base64 after whsec_, or not begin with it"],
  ],
  // Interpolated values never appear, whatever is wrong with them.
  [
    provider('api_key: "${env:NO_SUCH}"'),
    ["providers[0].api_key needs the environment variable NO_SUCH, which is not set or is empty"],
  ],
  [
    'providers: [{ id: a, base_url: "${env:NO_SUCH}" }]',
    ["providers[0].base_url needs the environment variable NO_SUCH, which is not set or is empty"],
  ],
  [
    'providers: [{ id: "${env:SLASHED}", preset: "${env:SECRET}" }]',
    [
      "providers[0].id must be 1 to 63 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit",
      "providers[0].preset is not a known preset",
    ],
  ],
  [
    'server: { port: "${env:SECRET}", cors: "${env:SECRET}" }',
    ["server.port must be a number, not text", "server.cors must be a mapping of keys, not text"],
  ],
];

test.each(TABLE)("%p", (text, problems) => {
  const told = problemsOf(files.load(text, ENV));
  expect(told).toEqual(problems);
  expect(told.join()).not.toContain("hidden");
});

const BAD_ADDRESSES = [
  "ftp://x/v1",
  "http://hidden:hidden@x/v1",
  "http://@x/v1",
  "http://x/v1?key=hidden",
  "http://x/v1?",
  "http://x/v1#",
  "http:x",
  "http:\\\\\\\\x",
  "http://",
  "http:///v1",
  "http://x:99999/v1",
  "http://x /v1",
  "/v1",
  "${env:URL}",
];

test.each(BAD_ADDRESSES)("the address %p is refused and not shown", (address) => {
  const told = problemsOf(files.load(`providers: [{ id: a, base_url: "${address}" }]`, ENV));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^providers\[0\]\.base_url (must be an http|is not a valid)/);
  expect(told[0]).not.toContain("hidden");
});

test("mistakes of every kind are told at once", () => {
  const told = problemsOf(
    files.load(
      "servr: 1\nproviders: [{ id: a, preset: opnai, api_key: '${env:NO}' }, { id: a }]\naliases: { x: x }",
    ),
  );
  expect(told).toEqual([
    "providers[0].api_key needs the environment variable NO, which is not set or is empty",
    "servr is not a known key; did you mean server?",
    "providers[1].id is the same as providers[0].id",
    "providers[0].preset is not a known preset; did you mean openai?",
    "providers[1] needs a preset or a base_url",
    'aliases.x leads back to itself: "x" → "x"',
  ]);
});
