import { expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { DescribedAnswers } from "../../testing/api-requests/described-answers.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { OPENAPI } from "../../testing/schemas/openapi.ts";
import { type ServedDocument, servedRoutes } from "../../testing/served-routes.ts";
import { ROUTES } from "./routes.ts";

/** The document at `/openapi.json` is one: OpenAPI 3.1 and JSON Schema 2020-12, with nothing that leads nowhere. */

const scene = await manageScene();
const document: ServedDocument = await jsonOf(scene.call("GET", "/openapi.json", null));
const routes = servedRoutes(document);
const isOpenApi = new Ajv2020({ strict: false, allErrors: true }).compile(OPENAPI);

test("it is OpenAPI 3.1", () => {
  isOpenApi(document);
  expect(isOpenApi.errors ?? []).toEqual([]);
});

test("the check bites", () => {
  const { paths } = document;
  const first = paths["/api/v1/keys"] ?? {};
  const broken: object[] = [
    { ...document, openapi: "3.0.0" },
    { ...document, info: {} },
    { ...document, paths: { keys: first } },
    { ...document, paths: { "/keys": { ...first, fetch: first.get } } },
    { ...document, paths: { "/keys": { get: { responses: {} } } } },
    { ...document, paths: { "/keys": { get: { responses: { "4xx": { description: "no" } } } } } },
    { ...document, paths: { "/keys": { get: { responses: { 200: { content: {} } } } } } },
    { ...document, components: { schemas: { "a b": {} } } },
  ];
  for (const it of broken) expect(isOpenApi(it)).toBe(false);
});

test("every schema in it is one, by the keywords of JSON Schema 2020-12 and no others", () => {
  expect(() => new DescribedAnswers(document)).not.toThrow();
  const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false, strictTypes: false });
  ajv.addFormat("date-time", true);
  for (const [name, schema] of Object.entries(document.components.schemas))
    ajv.addSchema(schema, `#/components/schemas/${name}`);
  for (const { operation } of routes) {
    const bodies = Object.values(operation.requestBody?.content ?? {});
    const answers = Object.values(operation.responses).flatMap((it) => Object.values(it.content ?? {}));
    for (const { schema } of [...(operation.parameters ?? []), ...bodies, ...answers]) ajv.compile(schema);
  }
});

test("every reference leads somewhere, and every named schema is used", () => {
  const text = JSON.stringify(document);
  const used = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref));
  const named = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...used].sort()).toEqual(named.sort());
});

test("no two operations have one id, and each names what stands in its address", () => {
  const ids = routes.flatMap(({ operation }) => operation.operationId ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of routes) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const told = (operation.parameters ?? []).filter((it) => it.in === "path").map(({ name }) => name);
    expect([path, told]).toEqual([path, inPath]);
  }
});

test("every route but the open ones asks for a key or a session, and those of one's own for a session", () => {
  for (const { method, path, operation } of routes) {
    const isOpen = operation["x-nyuro-scope"] === null;
    const isOwn = Object.values(ROUTES).some(
      (it) => it.path === path && "signedIn" in it && it.method === method.toLowerCase(),
    );
    const wanted: readonly Record<string, readonly string[]>[] = isOpen
      ? isOwn
        ? [{ session: [] }]
        : []
      : [{ key: [] }, { session: [] }];
    expect([method, path, operation.security]).toEqual([method, path, [...wanted]]);
  }
});
