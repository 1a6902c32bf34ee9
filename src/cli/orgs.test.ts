import { expect, test } from "bun:test";
import { runCli } from "../testing/cli.ts";
import { manageScene } from "../testing/manage.ts";

const scene = await manageScene();
const asked = { NYURO_URL: scene.url };
const env = { ...asked, NYURO_API_KEY: (await scene.keyWith(["admin"])).secret };
const run = (...line: string[]) => runCli(["orgs", ...line], { env });

test("an organization is made and listed, and a key is made in it", async () => {
  const made = JSON.parse(
    (await run("create", "Research", "--time-zone", "Europe/Vienna", "--rpm", "600", "--json")).out,
  );
  expect(made).toMatchObject({
    name: "Research",
    time_zone: "Europe/Vienna",
    rate_limit: { rpm: 600, tpm: null, max_parallel: null },
  });
  const listed = (await run("list")).out.split("\n");
  expect(listed[0]).toMatch(/^ID +NAME +TIME ZONE +RATE LIMIT$/);
  expect(listed.find((line) => line.startsWith(made.id))).toMatch(/ Research +Europe\/Vienna +rpm 600$/);
  const key = await runCli(["keys", "create", "--org", made.id, "--json"], { env });
  expect(JSON.parse(key.out)).toMatchObject({ org_id: made.id, scopes: ["inference"] });
  scene.clock.advance(1);
  const text = await run("create", "Plain");
  expect(text.out).toMatch(/^Organization org_\w+ is made\.$/);
  const plain = JSON.parse((await run("list", "--json")).out)[0];
  expect(plain).toMatchObject({ name: "Plain", time_zone: "UTC", rate_limit: null });
});

test("what is named of an organization is changed, and nothing else", async () => {
  const made = JSON.parse((await run("create", "Team", "--rpm", "60", "--budget-usd", "5", "--json")).out);
  const update = async (...line: string[]) =>
    JSON.parse((await run("update", made.id, ...line, "--json")).out);
  expect(await update("--name", "New", "--store-bodies", "on", "--unknown-price", "allow")).toMatchObject({
    ...{ name: "New", store_bodies: true, unknown_price: "allow", time_zone: "UTC" },
    rate_limit: { rpm: 60, tpm: null, max_parallel: null },
  });
  const changed = await update("--tpm", "9000", "--budget-period", "daily", "--store-bodies", "off");
  expect(changed).toMatchObject({
    ...{ name: "New", store_bodies: false, rate_limit: { rpm: 60, tpm: 9000, max_parallel: null } },
    budget: { limit_usd: "5.000000000", period: "daily" },
  });
  const lifted = await update(
    "--rpm",
    "none",
    "--tpm",
    "none",
    "--budget-usd",
    "none",
    "--unknown-price",
    "none",
  );
  expect(lifted).toMatchObject({ rate_limit: null, budget: null, unknown_price: null });
  expect((await run("update", made.id, "--name", "Last")).out).toBe(`Organization ${made.id} is changed.`);
});

test.each([
  [["update", "org_none", "--name", "x"], "There is no"],
  [["update", "org_none", "--rpm", "5"], "There is no"],
  [["update", "org_default", "--store-bodies", "maybe"], "`store_bodies`"],
  [["update", "org_default", "--unknown-price", "maybe"], "`unknown_price`"],
  [["create", "x", "--time-zone", "Mars/Phobos"], "`time_zone` must be an IANA time zone"],
  [["create", "x", "--tpm", "many"], "`rate_limit.tpm`: Invalid input: expected number, received string."],
  [["create", "x", "--max-parallel", "-1"], "`rate_limit.max_parallel`: Invalid input"],
  [["create", ""], "The name must have"],
])("orgs %j fails with the server's sentence", async (line, sentence) => {
  const { out, notes, exitCode } = await run(...line);
  expect({ out, exitCode }).toEqual({ out: "", exitCode: 1 });
  expect(notes).toStartWith(`nyuro: ${sentence}`);
});

test("a key that is no admin's is told what it lacks", async () => {
  const { secret } = await scene.keyWith(["manage"]);
  const { notes, exitCode } = await runCli(["orgs", "list"], { env: { ...asked, NYURO_API_KEY: secret } });
  expect(notes).toEndWith("This key lacks the scope `admin`.");
  expect(exitCode).toBe(1);
});
