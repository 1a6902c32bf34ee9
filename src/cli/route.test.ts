import { expect, test } from "bun:test";
import { catalogOf, deployment, price } from "../testing/catalog.ts";
import { classifierSaying } from "../testing/classifier.ts";
import { runCli } from "../testing/cli.ts";
import { testProvider } from "../testing/gateway.ts";
import { manageScene } from "../testing/manage.ts";

const scene = await manageScene({
  providers: [testProvider("box", "http://127.0.0.1:9/v1")],
  catalog: catalogOf([
    deployment("box/good", { price: price(0, 0), quality: 60, local: true }),
    deployment("box/weak", { price: price(0, 0), quality: 10, local: true }),
  ]),
  policy: {
    auto: { code: ["good"] },
    industries: { legal: ["weak"], general: [] },
    classifier: classifierSaying("code"),
  },
});
const NYURO_API_KEY = (await scene.keyWith(["inference"])).secret;
const route = (...line: string[]) =>
  runCli(["route", ...line], { env: { NYURO_URL: scene.url, NYURO_API_KEY } });

test("shows where a prompt would go, and why not elsewhere", async () => {
  const { out, exitCode } = await route("Write a parser", "--model", "strategy:cost");
  expect(exitCode).toBe(0);
  for (const line of [/^reason {4}strategy:cost$/m, /^selected +box +good +strategy:cost/m])
    expect(out).toMatch(line);
  expect(out).toMatch(/^box +weak +below_quality_floor +its quality is 10, the floor is 50$/m);
});

test("without a model the prompt decides, and a tag continues the chain", async () => {
  const { out } = await route("Write a parser", "--industry", "legal", "--json");
  const decision = JSON.parse(out);
  expect(decision).toMatchObject({ reason: "auto:code", industry: "legal", task: { name: "code" } });
  expect(decision.candidates.map((it: { model: string }) => it.model)).toEqual(["good", "weak"]);
});

test("says what the server says where nothing is known by that name", async () => {
  const { notes, exitCode } = await route("Hello", "--model", "industry:legl");
  expect(exitCode).toBe(1);
  expect(notes).toContain("industry:legal");
});
