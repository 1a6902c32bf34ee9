import { randomId } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../store/open.ts";
import { peopleDatabase } from "../store/people-database.ts";
import { hashPassword, LONGEST_PASSWORD, SHORTEST_PASSWORD, verifyPassword } from "./passwords.ts";

export interface AuthLibraryOptions {
  store: Store;
  /** What sessions are signed with: 32 bytes of their own. */
  key: Uint8Array;
  log: Log;
}

/** Name of the cookie that holds a session. */
export const SESSION_COOKIE = "nyuro.session_token";

const SESSION_SECONDS = 7 * 24 * 3600;
/** A session that is used is prolonged, at most once in this time. */
const PROLONG_AFTER_SECONDS = 24 * 3600;

const ID_PREFIXES: Readonly<Record<string, string>> = { user: "usr", session: "ses", account: "acc" };

const TIMES = { createdAt: "created_at", updatedAt: "updated_at" };

/**
 * better-auth over our tables and our one writer. Loaded at the first use: it takes 70 ms and 30 MB, which a gateway
 * whose console nobody opens does not pay. None of its routes is served; what is served calls it (`sign-in.ts`).
 */
export async function loadAuthLibrary({ store, key, log }: AuthLibraryOptions) {
  // Piece by piece with a breath between them: in one go it held up every stream for 90 ms, so for some 20.
  await import("better-auth/crypto");
  await Bun.sleep(1);
  await import("better-auth/cookies");
  await Bun.sleep(1);
  await import("better-auth/api");
  await Bun.sleep(1);
  const { kyselyAdapter } = await import("@better-auth/kysely-adapter");
  await Bun.sleep(1);
  const { betterAuth } = await import("better-auth/minimal");
  return betterAuth({
    appName: "Nyuro",
    // Whoever asks was checked against the Host and Origin that we allow before: this names nothing.
    baseURL: "http://nyuro.invalid",
    secret: Buffer.from(key).toString("base64url"),
    database: kyselyAdapter(peopleDatabase(store), { type: "sqlite", transaction: false }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    user: { modelName: "users", fields: { ...TIMES, emailVerified: "email_verified" } },
    session: {
      modelName: "sessions",
      fields: {
        ...TIMES,
        userId: "user_id",
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
      },
      additionalFields: { orgId: { type: "string", required: false, input: false, fieldName: "org_id" } },
      expiresIn: SESSION_SECONDS,
      updateAge: PROLONG_AFTER_SECONDS,
      cookieCache: { enabled: false },
    },
    account: { modelName: "accounts", fields: ACCOUNT_FIELDS },
    verification: { modelName: "verifications", fields: { ...TIMES, expiresAt: "expires_at" } },
    // Ours, before it is asked: see throttle.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { log: (level, message) => level === "error" && log.error({ part: "better-auth" }, message) },
    advanced: {
      cookiePrefix: "nyuro",
      // `Secure` is added where the console is reached by https: see the server's cookies.
      useSecureCookies: false,
      defaultCookieAttributes: { sameSite: "strict", httpOnly: true, path: "/" },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      database: { generateId: ({ model }) => randomId(ID_PREFIXES[model] ?? model) },
    },
  });
}

/** Where the library is told who calls; no client can set it, as no header of a client but its cookie is passed on. */
export const CLIENT_ADDRESS_HEADER = "x-nyuro-client";

const ACCOUNT_FIELDS = {
  ...TIMES,
  userId: "user_id",
  accountId: "account_id",
  providerId: "provider_id",
  accessToken: "access_token",
  refreshToken: "refresh_token",
  idToken: "id_token",
  accessTokenExpiresAt: "access_token_expires_at",
  refreshTokenExpiresAt: "refresh_token_expires_at",
};

export type AuthLibrary = Awaited<ReturnType<typeof loadAuthLibrary>>;
