import { randomId } from "../core/ids.ts";
import { hashPassword } from "../people/passwords.ts";
import type { Role } from "../people/roles.ts";
import type { Store } from "../store/open.ts";
import { insertUser, putMember } from "../store/people-table.ts";
import { together } from "../store/write.ts";
import { jsonOf, type ManageScene } from "./manage.ts";

export const PASSWORD = "a long enough password";

/** Somebody with a browser: keeps cookies, and sends what the console's own pages send. */
export class Visitor {
  cookie: string | null = null;
  /** What the last answer set, as it was set. */
  setCookies: string[] = [];
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const reply = await fetch(this.url + path, {
      method,
      headers: {
        origin: this.url,
        "sec-fetch-site": "same-origin",
        "x-nyuro-console": "1",
        ...(this.cookie === null ? {} : { cookie: this.cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    this.keep(reply.headers.getSetCookie());
    return reply;
  }

  signIn(email: string, password = PASSWORD): Promise<Response> {
    return this.call("POST", "/api/v1/session", { email, password });
  }

  private keep(cookies: string[]): void {
    this.setCookies = cookies;
    for (const cookie of cookies) {
      if (!cookie.startsWith("nyuro.session_token=")) continue;
      const [pair = ""] = cookie.split(";");
      this.cookie = pair.endsWith("=") ? null : pair;
    }
  }
}

/** Somebody who opened the operator's link. */
export async function ownerOf(scene: ManageScene, email = "owner@example.com"): Promise<Visitor> {
  const { token } = await scene.people.links.makeSetup(null);
  const visitor = new Visitor(scene.url);
  const body = { token, name: "Olive Owner", email, password: PASSWORD };
  const reply = await visitor.call("POST", "/api/v1/console/setup", body);
  if (reply.status !== 201) throw new Error(await reply.text());
  return visitor;
}

/** Somebody whom an organization invited as this. */
export async function memberOf(
  scene: ManageScene,
  role: Role,
  orgId: string,
  email: string,
): Promise<Visitor> {
  const { token } = await scene.people.links.invite({ orgId, role, email: null }, "key_of_the_test");
  const visitor = new Visitor(scene.url);
  const body = { token, name: `The ${role}`, email, password: PASSWORD };
  const reply = await visitor.call("POST", "/api/v1/invitations/accept", body);
  if (reply.status !== 201) throw new Error(JSON.stringify(await jsonOf(reply)));
  return visitor;
}

/** Of a password that nobody has. */
const GUESTS_HASH = hashPassword(randomId("password"));

/** Somebody with an account who never signs in; `orgId` null = a member of nothing. */
export async function addPerson(
  { queries, writes }: Store,
  orgId: string | null,
  email: string,
): Promise<{ id: string; email: string }> {
  const id = randomId("usr");
  const passwordHash = await GUESTS_HASH;
  const account = {
    name: "Guest",
    passwordHash,
    accountId: randomId("acc"),
    at: "2026-01-01T00:00:00.000Z",
  };
  const join = orgId && putMember(queries, { org_id: orgId, user_id: id, role: "viewer", created_at_ms: 0 });
  await writes.run(together(insertUser(queries, { id, email, ...account }), ...(join ? [join] : [])));
  return { id, email };
}
