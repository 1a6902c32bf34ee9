import { readFile } from "node:fs/promises";
import { type Fault, fault } from "../../core/faults.ts";
import type { AwsKeys } from "../contract.ts";
import type { Lease } from "./renewed.ts";

/** Absolute paths of AWS's shared files; either may be missing. */
export interface AwsFiles {
  /** `~/.aws/credentials`, sections `[name]`. */
  credentials: string;
  /** `~/.aws/config`, sections `[profile name]` and `[default]`. */
  config: string;
}

/** Tools renew temporary keys by writing the file anew. */
const READ_AGAIN_MS = 60_000;

/**
 * The key pair of a profile; the credentials file wins over the config file. A profile whose keys come from somewhere
 * else (`role_arn`, `sso_session`, `credential_process`) is refused with a sentence for the operator.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export async function readAwsProfile(profile: string, files: AwsFiles): Promise<Lease<AwsKeys> | Fault> {
  const [credentials, config] = await Promise.all([textOf(files.credentials), textOf(files.config)]);
  if (credentials === null && config === null)
    return fault("upstream_auth", `there is neither ${files.credentials} nor ${files.config}`);
  const inConfig = profile === "default" ? ["default", "profile default"] : [`profile ${profile}`];
  const settings = new Map([
    ...inConfig.flatMap((name) => [...sectionOf(config ?? "", name)]),
    ...sectionOf(credentials ?? "", profile),
  ]);
  if (settings.size === 0)
    return fault("upstream_auth", `AWS's files have no profile ${JSON.stringify(profile)}`);
  const accessKeyId = settings.get("aws_access_key_id");
  const secretAccessKey = settings.get("aws_secret_access_key");
  if (!accessKeyId || !secretAccessKey)
    return fault(
      "upstream_auth",
      `the AWS profile ${JSON.stringify(profile)} holds no key pair; roles, SSO and credential_process are not read`,
    );
  const sessionToken = settings.get("aws_session_token") || null;
  return { value: { accessKeyId, secretAccessKey, sessionToken }, lifetimeMs: READ_AGAIN_MS };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}

/** Names are lower-cased; indented lines belong to a nested value and are passed over. */
function sectionOf(text: string, wanted: string): Map<string, string> {
  const settings = new Map<string, string>();
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) isInside = header.replace(/\s+/g, " ") === wanted;
    const setting = /^([^\s#;[=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    const [, name, value] = setting ?? [];
    if (isInside && name !== undefined && value !== undefined) settings.set(name.toLowerCase(), value);
  }
  return settings;
}
