import { ACCESS_RULES, type AccessRule } from "./access-rules.ts";
import type { AccessScene } from "./access-scene.ts";
import { addPerson } from "./console-visitor.ts";
import { jsonOf } from "./manage.ts";
import type { ServedRoute } from "./served-routes.ts";

/** Sends a request as somebody. */
export type Send = (method: string, url: string, body: unknown) => Promise<Response>;

export const nameOf = ({ method, path }: Pick<ServedRoute, "method" | "path">) => `${method} ${path}`;
export const ruleOf = (route: ServedRoute): AccessRule => ACCESS_RULES[nameOf(route)] ?? { opens: [] };
export const isOrganizations = (route: ServedRoute) => ruleOf(route).names === "an organization's";

/** Asks routes the least that makes them answer; what an address names is made anew where the call may end it. */
export class RouteAsking {
  private readonly scene: AccessScene;
  private readonly admin: string;
  private added = 0;

  constructor(scene: AccessScene) {
    this.scene = scene;
    this.admin = scene.askers.get("the admin key")?.secret ?? "";
  }

  /** `id`: instead of one of our own organization. `more`: of the query. */
  async ask(
    route: ServedRoute,
    at: string,
    send: Send,
    { id, more = "" }: { id?: string; more?: string } = {},
  ) {
    const named = ruleOf(route).names === undefined ? "" : (id ?? (await this.idFor(route)));
    const asked = ruleOf(route).query ?? "";
    const own = at.includes("{id}") || named === "" ? "" : `id=${named}`;
    const query = [own, asked, more].filter((it) => it !== "");
    const url = `${at.replace("{id}", named)}${query.length > 0 ? `?${query.join("&")}` : ""}`;
    const body = route.operation.requestBody ? await this.bodyOf(nameOf(route)) : undefined;
    const reply = await send(route.method, url, body);
    const isEndless = reply.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    if (isEndless) await reply.body?.cancel();
    return { reply, text: isEndless ? "" : await reply.text() };
  }

  private async idFor({ method, path }: ServedRoute): Promise<string> {
    const { scene } = this;
    if (path.startsWith("/api/v1/keys/")) return (await scene.keyWith(["inference"])).id;
    if (path.startsWith("/api/v1/orgs/")) return scene.other.orgId;
    if (path.startsWith("/api/v1/members/"))
      return (await addPerson(scene.store, scene.own.orgId, `guest-${this.added++}@x.test`)).id;
    if (path.startsWith("/api/v1/invitations/")) return this.addInvitation();
    if (path.startsWith("/v1/models/")) return "m";
    if (!path.startsWith("/api/v1/providers/")) return scene.own.requestId;
    return method === "POST" ? "box" : await this.addProvider();
  }

  private async addProvider(): Promise<string> {
    const body = await this.bodyOf("POST /api/v1/providers");
    return (await jsonOf(this.scene.call("POST", "/api/v1/providers", this.admin, body))).id;
  }

  private async addInvitation(): Promise<string> {
    const to = { orgId: this.scene.own.orgId, role: "viewer", email: null } as const;
    return (await this.scene.people.links.invite(to, "key_of_the_test")).link.id;
  }

  private async bodyOf(name: string): Promise<Record<string, unknown> | string> {
    const body = ACCESS_RULES[name]?.body ?? {};
    if (typeof body === "string") return body;
    if (name === "POST /api/v1/providers") return { ...body, id: `added-${this.added++}` };
    if (name === "POST /api/v1/members")
      return {
        ...body,
        email: (await addPerson(this.scene.store, null, `guest-${this.added++}@x.test`)).email,
      };
    // Each fails once only: else the last to ask would have to wait.
    return name === "POST /api/v1/session" ? { ...body, email: `nobody-${this.added++}@x.test` } : body;
  }
}
