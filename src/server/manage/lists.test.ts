import { expect, test } from "bun:test";
import { NO_ORIGINS } from "../../config/origins.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";

const at = (line: number) => ({ file: "nyuro.yaml", line });
const scene = await manageScene({
  catalog: catalogOf([deployment("box/gpt")], { fast: ["gpt"], other: ["gpt"] }),
  policy: { industries: { legal: ["gpt"] } },
  origins: {
    ...NO_ORIGINS,
    industries: new Map([["legal", at(7)]]),
    aliases: new Map([["fast", at(3)]]),
  },
});
const admin = (await scene.keyWith(["admin"])).secret;
const reader = (await scene.keyWith(["read"])).secret;

interface List {
  name: string;
  models: string[];
}

test("every industry and class of prompt has its list, and says whose it is and where it stands", async () => {
  const { industries, auto } = await jsonOf(scene.call("GET", "/api/v1/lists", admin));
  const named = (name: string) => industries.find((it: List) => it.name === name);
  expect(named("legal")).toEqual({ name: "legal", models: ["gpt"], source: "file", origin: at(7) });
  expect(named("general")).toMatchObject({ source: "curated", origin: null });
  expect(auto.map(({ name }: List) => name)).toContain("code");
  for (const { models } of [...industries, ...auto]) expect(models.length).toBeGreaterThan(0);
});

test("where an alias stands in the file is told to admins alone", async () => {
  const of = async (key: string) => (await jsonOf(scene.call("GET", "/api/v1/catalog", key))).alias_origins;
  expect(await of(admin)).toEqual({ fast: at(3), other: null });
  expect(await of(reader)).toEqual({});
});
