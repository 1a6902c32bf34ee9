import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { schemaDocument } from "../config/document.ts";
import { runCli } from "../testing/cli.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const cwd = temporaryDirectory();
const SECRET = "sk-very-secret-value";

function configFile(name: string, text: string): string {
  const path = join(cwd, name);
  writeFileSync(path, text);
  return path;
}

const GOOD =
  'providers: [{ id: openai, preset: openai, api_key: "${env:OPENAI_API_KEY}" }]\nserver: { port: 0 }\n';
const good = configFile("good.yaml", GOOD);
const bad = configFile("bad.yaml", "serverr: {}\nproviders: [{ id: a, preset: opnai }]\n");

test("serve hands over the file it is told, as written", async () => {
  const served: (string | undefined)[] = [];
  const serve = async (path?: string) => void served.push(path);
  await runCli(["serve", "--config", "here.yaml"], { serve });
  await runCli(["serve"], { serve });
  expect(served).toEqual(["here.yaml", undefined]);
});

test("config check shows what is in force, with every secret masked", async () => {
  const env = { OPENAI_API_KEY: SECRET };
  for (const more of [[], ["--json"]]) {
    const { out, exitCode } = await runCli(["config", "check", "--config", good, ...more], { cwd, env });
    expect(exitCode).toBe(0);
    expect(out).not.toContain(SECRET);
    const shown = more.length === 0 ? parse(out) : JSON.parse(out).config;
    expect(shown.providers[0]).toMatchObject({ id: "openai", api_key: "***" });
    expect(shown.routing.max_attempts).toBe(5);
  }
});

test("config check says every mistake, and fails", async () => {
  const text = await runCli(["config", "check", "--config", bad], { cwd });
  expect(text.exitCode).toBe(1);
  expect(text.out).toContain("serverr");
  expect(text.out).toContain("providers[0].preset");
  const json = await runCli(["config", "check", "--config", bad, "--json"], { cwd });
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, path: bad });
  expect((await runCli(["config", "check", "--config", "none.yaml"], { cwd })).exitCode).toBe(1);
});

test.each([
  ["bedrock", "{}", {}, "providers[1] needs auth.region (or AWS_REGION)"],
  ["bedrock", "{ region: eu-west-1 }", {}, "providers[1] needs an api_key, auth.profile, or"],
  ["bedrock", "{ reigon: eu-west-1 }", {}, "providers[1] does not use auth.reigon; did you mean region?"],
  ["vertex", "{ location: eu }", {}, "providers[1] needs auth.project (or GOOGLE_CLOUD_PROJECT)"],
  ["vertex", "{ location: eu, project: p }", {}, "providers[1] needs auth.credentials_file"],
  ["azure", "{ resource: r, tenant_id: t }", {}, "providers[1] needs auth.client_id"],
  ["bedrock", "{ profile: work }", { AWS_REGION: "eu-west-1" }, null],
  ["vertex", "{ location: eu, project: p, credentials_file: key.json }", {}, null],
] as [
  string,
  string,
  Record<string, string>,
  string | null,
][])("config check tells of %s with auth %s and %j where the mistake is: %p", async (preset, auth, env, sentence) => {
  const path = configFile(
    "login.yaml",
    `providers: [{ id: first, preset: openai }, { id: second, preset: ${preset}, auth: ${auth} }]\n`,
  );
  const { out, exitCode } = await runCli(["config", "check", "--config", path], { cwd, env });
  expect(exitCode).toBe(sentence === null ? 0 : 1);
  expect(out).toContain(sentence ?? "no mistakes");
});

test("config check and doctor refuse a provider that a start would refuse", async () => {
  const half = configFile(
    "half.yaml",
    "providers: [{ id: own, base_url: 'http://h/v1', auth: { region: x } }]\n",
  );
  const check = await runCli(["config", "check", "--config", half, "--json"], { cwd });
  expect(check.exitCode).toBe(1);
  expect(JSON.parse(check.out).problems).toEqual(["providers[0] does not use auth.region"]);
  const { of, exitCode } = await doctor({}, "--config", half);
  expect(of("configuration")).toMatchObject({
    status: "fail",
    detail: "providers[0] does not use auth.region",
  });
  expect(exitCode).toBe(1);
});

test("config schema prints the schema that is shipped", async () => {
  expect((await runCli(["config", "schema"])).out).toBe(schemaDocument().trimEnd());
});

async function doctor(env: Record<string, string>, ...line: string[]) {
  const { out, exitCode } = await runCli(["doctor", "--json", ...line], { cwd, env });
  const findings = JSON.parse(out) as { check: string; status: string; detail: string }[];
  const of = (check: string) => findings.find((it) => it.check === check);
  return { of, exitCode, out, statuses: findings.map(({ status }) => status) };
}

test("the doctor is content with a folder that can be made and a free port, and names keys, never values", async () => {
  const env = { NYURO_PORT: "0", NYURO_DATA_DIR: join(cwd, "a", "b"), OPENAI_API_KEY: SECRET };
  const { of, exitCode, out, statuses } = await doctor(env);
  expect(statuses).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"]);
  expect(exitCode).toBe(0);
  expect(of("provider keys")?.detail).toBe("OPENAI_API_KEY");
  expect(of("data folder")?.detail).toContain("made at the first start");
  expect(out).not.toContain(SECRET);
  const text = await runCli(["doctor"], { cwd, env });
  expect(text.out).toMatch(/^ok +runtime +Bun /m);
  expect(text.out).not.toContain(SECRET);
});

test("the doctor finds a taken port and tells whose it is", async () => {
  const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
  const ours = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Response.json({ status: "ok" }),
  });
  afterAll(() => Promise.all([other.stop(true), ours.stop(true)]));
  const taken = await doctor({ NYURO_PORT: String(other.port) });
  expect([taken.exitCode, taken.of("port")?.status]).toEqual([1, "fail"]);
  expect(taken.of("port")?.detail).toContain("another program");
  expect((await doctor({ NYURO_PORT: String(ours.port) })).of("port")?.detail).toContain("a Nyuro answers");
});

test("the doctor finds mistakes in the file, and a data folder that cannot be one", async () => {
  const mistaken = await doctor({}, "--config", bad);
  expect([mistaken.exitCode, mistaken.of("configuration")?.status]).toEqual([1, "fail"]);
  const file = configFile("a-file", "");
  expect((await doctor({ NYURO_PORT: "0", NYURO_DATA_DIR: file })).of("data folder")?.status).toBe("fail");
  const below = await doctor({ NYURO_PORT: "0", NYURO_DATA_DIR: join(file, "data") });
  expect(below.of("data folder")?.status).toBe("fail");
  const locked = join(cwd, "locked");
  mkdirSync(locked);
  chmodSync(locked, 0o555);
  // Root may write anywhere.
  const expected = process.getuid?.() === 0 ? "ok" : "fail";
  expect((await doctor({ NYURO_PORT: "0", NYURO_DATA_DIR: locked })).of("data folder")?.status).toBe(
    expected,
  );
});
