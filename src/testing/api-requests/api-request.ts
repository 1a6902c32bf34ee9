import fc from "fast-check";
import { HOSTILE_TEXTS } from "../hostile/hostile-values.ts";
import { brokenText, mutated, oversized, withExtraKey } from "../hostile/mutated-json.ts";
import type { ServedDocument, ServedRoute } from "../served-routes.ts";
import type { Examples } from "./examples.ts";
import { ValidValues } from "./valid-values.ts";

/** One request as it goes out; a name in angle brackets stands for something that lives when it is sent. */
export interface ApiRequest {
  method: string;
  /** Of the route it was made for. */
  path: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  /** null = none. */
  body: string | Uint8Array<ArrayBuffer> | null;
}

const CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "multipart/form-data",
  "",
];
const sound: fc.Arbitrary<Record<string, string>> = fc.constant({ "content-type": "application/json" });
const odd: fc.Arbitrary<Record<string, string>> = fc.oneof(
  fc.constantFrom(...CONTENT_TYPES).map((type) => ({ "content-type": type })),
  fc.constantFrom("gzip", "br", "identity, gzip").map((encoding) => ({ "content-encoding": encoding })),
  fc.constantFrom("", "one", "é", "x".repeat(300)).map((key) => ({ "idempotency-key": key })),
  fc.constantFrom("text/html", "text/csv", "*/*;q=0").map((accept) => ({ accept })),
  fc.constant({
    "x-http-method-override": "DELETE",
    "x-forwarded-host": "evil.test",
    "x-original-url": "/healthz",
  }),
);

/** Requests to these routes, valid and otherwise; the same seed makes the same. */
export function apiRequests(
  routes: readonly ServedRoute[],
  document: ServedDocument,
  examples: Examples,
): fc.Arbitrary<ApiRequest> {
  const values = new ValidValues(document.components.schemas, examples.fields);
  return fc.oneof(...routes.map((route) => requestsTo(route, values, examples)));
}

function requestsTo(route: ServedRoute, values: ValidValues, examples: Examples): fc.Arbitrary<ApiRequest> {
  return fc
    .tuple(
      paths(route, examples),
      queries(route, values),
      bodies(route, values),
      fc.oneof(sound, sound, sound, odd),
    )
    .map(([path, query, body, headers]) => ({
      method: route.method,
      path: route.path,
      target: path + query,
      headers,
      body,
    }));
}

/** What stands in an address: mostly something that is there. */
function paths({ path }: ServedRoute, { ids }: Examples): fc.Arbitrary<string> {
  const collection = path.split("/{")[0]?.split("/").at(-1) ?? "";
  const live = ids[collection] ?? ["x"];
  const hostile = fc.constantFrom(...HOSTILE_TEXTS);
  const named = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...live) },
    { weight: 2, arbitrary: hostile.map(encoded) },
    { weight: 1, arbitrary: hostile },
  );
  const put = named.map((id) => path.replace("{id}", () => id));
  return fc.oneof(
    { weight: 20, arbitrary: put },
    { weight: 1, arbitrary: put.map((it) => `${it}/`) },
    { weight: 1, arbitrary: put.map((it) => it.replace("/api/", "//api/")) },
    { weight: 1, arbitrary: put.map((it) => it.toUpperCase()) },
    { weight: 1, arbitrary: fc.tuple(put, hostile).map(([it, tail]) => `${it}/${encoded(tail)}`) },
  );
}

type Pair = readonly [string, string];

function queries(route: ServedRoute, values: ValidValues): fc.Arbitrary<string> {
  const known = (route.operation.parameters ?? []).filter((it) => it.in === "query");
  if (known.length === 0) return fc.constantFrom("", "", "", "?", "?unknown=1", "?__proto__=1", "?%");
  const sound = known.map(({ name, required, schema }) => {
    const value = values.of(schema, name, 1).map((it): Pair[] => [[name, String(it)]]);
    return required ? value : fc.oneof({ weight: 2, arbitrary: fc.constant<Pair[]>([]) }, value);
  });
  const names = [...known.map(({ name }) => name), "unknown", "__proto__", "constructor", ""];
  const bad = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...HOSTILE_TEXTS)).map((it): Pair => it);
  return fc
    .tuple(fc.tuple(...sound), fc.oneof(fc.constant([]), fc.constant([]), fc.array(bad, { maxLength: 3 })))
    .map(([told, more]) => asQuery([...told.flat(), ...more]))
    .chain((query) =>
      fc.constantFrom(query, query, query, query, `${query}&&=&%`, query.replaceAll("=", "[]=")),
    );
}

function asQuery(pairs: readonly Pair[]): string {
  return pairs.length === 0 ? "" : `?${pairs.map((pair) => pair.map(encoded).join("=")).join("&")}`;
}

function bodies({ method, operation }: ServedRoute, values: ValidValues): fc.Arbitrary<ApiRequest["body"]> {
  if (method === "GET") return fc.constant(null);
  if (operation.requestBody?.content["text/csv"]) return tables;
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (!schema)
    return fc.constantFrom(null, null, "{}", "", "[]", '{"unknown":1}', "not json", "x".repeat(70_000));
  const valid = values.of(schema);
  const changed = valid
    .chain((value) => mutated(value))
    .chain((value) => fc.boolean().map((twice) => [value, twice]));
  const twice = changed.chain(([value, again]) => (again ? mutated(value) : fc.constant(value)));
  const text = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map((it) => JSON.stringify(it) ?? "");
  return fc.oneof(
    { weight: 16, arbitrary: text(valid) },
    { weight: 32, arbitrary: text(twice) },
    { weight: 8, arbitrary: text(valid).chain(withExtraKey) },
    { weight: 8, arbitrary: text(valid).chain(brokenText) },
    { weight: 1, arbitrary: text(valid).chain(oversized) },
  );
}

const HEAD = "date,model,requests,input_tokens,output_tokens,cost_usd";
const LINES = [
  "2027-01-15,m,1,10,20,0.01",
  "2027-01-14,gone,,,,",
  '"2027-01-15","a ""quoted"" one",1,1,1,1e-9',
  "2027-01-15,m,-1,1.5,9007199254740993,-3",
  "15/01/2027,m,1,1,1,1",
  "9999-12-31,m,1,1,1,1",
  "2027-01-15,=cmd|calc,1,1,1,1",
  '"unclosed,m,1',
  ",,,,,,,,,",
  "\u0000",
];

const tables: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(`${HEAD}\n${LINES[0]}\n`) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(HEAD, HEAD, HEAD.toUpperCase(), "date,model", "model", `${HEAD},${HEAD}`),
        fc.subarray(LINES),
      )
      .chain(([head, lines]) => fc.constantFrom("\n", "\r\n", "\r").map((end) => [head, ...lines].join(end))),
  },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("x,".repeat(30_000), '"'.repeat(50_001), `${HEAD}\n`.repeat(3000)),
  },
);

/** `encodeURIComponent`, also of halves of characters. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
