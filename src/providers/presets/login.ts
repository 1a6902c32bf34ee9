import type { Credentials } from "../contract.ts";

type Login = Credentials["kind"];
type Settings = Readonly<Record<string, string>>;

/** Why settings make no login: the rest of a sentence, without a value. */
export interface Lack {
  lack: string;
}

/** The settings of `auth` that are or name a credential. */
const CREDENTIAL_SETTINGS: Record<Login, readonly string[]> = {
  aws: ["profile", "access_key_id", "secret_access_key", "session_token"],
  google: ["credentials_file"],
  entra: ["tenant_id", "client_id", "client_secret"],
};

/** Of those, what may be shown: it names a credential or whose it is. Whatever is not listed is secret. */
const SHOWN_SETTINGS = ["profile", "credentials_file", "tenant_id", "client_id"];

const SECRET_SETTINGS = new Set(
  Object.values(CREDENTIAL_SETTINGS)
    .flat()
    .filter((name) => !SHOWN_SETTINGS.includes(name)),
);

/** Whether a setting of `auth` is a credential itself. */
export function isSecretSetting(name: string): boolean {
  return SECRET_SETTINGS.has(name);
}

/** Every setting of `auth` that a login uses. */
export function loginSettings(login: Login): readonly string[] {
  return login === "aws" ? ["region", ...CREDENTIAL_SETTINGS.aws] : CREDENTIAL_SETTINGS[login];
}

/** The credential's own settings that were told. */
export function toldSettings(login: Login, auth: Settings): readonly string[] {
  return CREDENTIAL_SETTINGS[login].filter((name) => auth[name] !== undefined);
}

/** The credentials as told, or null where a key is sent instead, or nothing. */
export function credentialsOf(login: Login, auth: Settings, hasKey: boolean): Credentials | null | Lack {
  const [told] = toldSettings(login, auth);
  if (hasKey && told !== undefined)
    return { lack: `has an api_key and auth.${told}, of which only one can be sent` };
  switch (login) {
    case "aws":
      return hasKey ? null : awsOf(auth);
    case "google":
      if (hasKey) return { lack: "takes no api_key; it needs auth.credentials_file" };
      if (auth.credentials_file === undefined)
        return { lack: "needs auth.credentials_file (or GOOGLE_APPLICATION_CREDENTIALS)" };
      return { kind: "google", credentialsFile: auth.credentials_file };
    case "entra":
      return told === undefined ? null : entraOf(auth);
  }
}

function awsOf(auth: Settings): Credentials | Lack {
  const { region, profile, access_key_id, secret_access_key, session_token } = auth;
  if (region === undefined) return { lack: "needs auth.region (or AWS_REGION)" };
  if (profile !== undefined) {
    const [, other] = toldSettings("aws", auth);
    if (other !== undefined)
      return { lack: `has auth.profile and auth.${other}, of which only one can be used` };
    return { kind: "aws", region, source: { profile } };
  }
  if (access_key_id === undefined && secret_access_key === undefined)
    return { lack: "needs an api_key, auth.profile, or auth.access_key_id and auth.secret_access_key" };
  if (access_key_id === undefined) return { lack: "needs auth.access_key_id beside auth.secret_access_key" };
  if (secret_access_key === undefined)
    return { lack: "needs auth.secret_access_key beside auth.access_key_id" };
  const source = {
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    sessionToken: session_token ?? null,
  };
  return { kind: "aws", region, source };
}

/** A directory by its id or by one of its domains. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;

function entraOf(auth: Settings): Credentials | Lack {
  const { tenant_id, client_id, client_secret } = auth;
  if (tenant_id === undefined) return { lack: "needs auth.tenant_id" };
  if (client_id === undefined) return { lack: "needs auth.client_id" };
  if (client_secret === undefined) return { lack: "needs auth.client_secret" };
  if (!TENANT.test(tenant_id)) return { lack: "has an auth.tenant_id that is neither an id nor a domain" };
  return { kind: "entra", tenantId: tenant_id, clientId: client_id, clientSecret: client_secret };
}

/** A whole login from the variables that the vendor's own tools read; empty where it is not complete. */
export function loginFromEnvironment(login: Login, variable: (name: string) => string | null): Settings {
  switch (login) {
    case "aws": {
      const access_key_id = variable("AWS_ACCESS_KEY_ID");
      const secret_access_key = variable("AWS_SECRET_ACCESS_KEY");
      const session_token = variable("AWS_SESSION_TOKEN");
      if (access_key_id !== null && secret_access_key !== null)
        return { access_key_id, secret_access_key, ...(session_token === null ? {} : { session_token }) };
      const profile = variable("AWS_PROFILE");
      return profile === null ? {} : { profile };
    }
    case "google": {
      const credentials_file = variable("GOOGLE_APPLICATION_CREDENTIALS");
      return credentials_file === null ? {} : { credentials_file };
    }
    case "entra": {
      const tenant_id = variable("AZURE_TENANT_ID");
      const client_id = variable("AZURE_CLIENT_ID");
      const client_secret = variable("AZURE_CLIENT_SECRET");
      return tenant_id && client_id && client_secret ? { tenant_id, client_id, client_secret } : {};
    }
  }
}
