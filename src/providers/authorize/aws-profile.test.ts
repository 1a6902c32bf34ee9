import { beforeEach, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { readAwsProfile } from "./aws-profile.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const folder = temporaryDirectory();
const files = { credentials: join(folder, "credentials"), config: join(folder, "config") };

beforeEach(() => {
  for (const path of Object.values(files)) rmSync(path, { force: true });
});

async function read(profile: string, credentials: string | null, config: string | null = null) {
  if (credentials !== null) writeFileSync(files.credentials, credentials);
  if (config !== null) writeFileSync(files.config, config);
  const got = await readAwsProfile(profile, files);
  return "kind" in got ? { fault: got.kind, cause: got.cause } : got.value;
}

const PAIR = `aws_access_key_id = AKIA1\naws_secret_access_key = ${SECRET}\n`;
const KEYS = { accessKeyId: "AKIA1", secretAccessKey: SECRET, sessionToken: null };

describe("a key pair is found", () => {
  test.each([
    [
      "in the credentials file",
      "work",
      `[default]\nx=y\n[work]\n${PAIR}[later]\naws_access_key_id=no\n`,
      null,
    ],
    ["under default", "default", `[default]\n${PAIR}`, null],
    ["in the config file", "work", null, `[profile work]\nregion = eu-west-1\n${PAIR}`],
    ["in the config file's default", "default", null, `[default]\n${PAIR}`],
    [
      "in either, the credentials file first",
      "work",
      `[work]\n${PAIR}`,
      "[profile work]\naws_access_key_id=old\n",
    ],
    [
      "between comments, spaces and another system's line ends",
      "work",
      `# a\r\n; b\r\n[ work ]\r\n${PAIR.replaceAll("\n", "\r\n").replace(" = ", "=")}# aws_access_key_id = no\r\n`,
      null,
    ],
    ["whatever is nested", "work", `[work]\n${PAIR}s3 =\n  aws_access_key_id = no\n`, null],
  ])("%s", async (_, profile, credentials, config) => {
    expect(await read(profile, credentials, config)).toEqual(KEYS);
  });

  test("with the token of temporary keys", async () => {
    expect(await read("sso", `[sso]\n${PAIR}aws_session_token=IQoJ==\n`)).toEqual({
      ...KEYS,
      sessionToken: "IQoJ==",
    });
  });

  test("and read again within a minute, because tools renew it there", async () => {
    writeFileSync(files.credentials, `[work]\n${PAIR}`);
    expect(await readAwsProfile("work", files)).toMatchObject({ lifetimeMs: 60_000 });
  });
});

describe("what is no key pair is a fault that names the profile and no key", () => {
  test.each([
    ["no files", "work", null, null, "there is neither"],
    ["no such profile", "work", `[other]\n${PAIR}`, "[profile third]\n", 'no profile "work"'],
    ["a section of another kind", "work", null, `[sso-session work]\n${PAIR}`, 'no profile "work"'],
    ["half a pair", "work", `[work]\naws_secret_access_key = ${SECRET}\n`, null, "holds no key pair"],
    ["a role", "work", null, "[profile work]\nrole_arn = arn:aws:iam::1:role/r\n", "roles, SSO"],
  ])("%s", async (_, profile, credentials, config, sentence) => {
    const got = await read(profile, credentials, config);
    expect(got).toMatchObject({ fault: "upstream_auth", cause: expect.stringContaining(sentence) });
    expect(JSON.stringify(got)).not.toContain(SECRET);
  });
});
