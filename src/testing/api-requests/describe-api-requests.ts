import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { type AccessScene, accessScene } from "../access-scene.ts";
import { addPerson } from "../console-visitor.ts";
import { isPolluted, MANY_INPUTS_TIMEOUT_MS } from "../hostile/hostile-values.ts";
import { jsonOf } from "../manage.ts";
import { type ServedDocument, type ServedRoute, servedRoutes } from "../served-routes.ts";
import { type ApiRequest, apiRequests } from "./api-request.ts";
import { DescribedAnswers, type ReadAnswer } from "./described-answers.ts";
import { examplesOf, GUESTS, Living } from "./examples.ts";

export interface Extent {
  requests: number;
  /** Absent = others each time; a failure says which. */
  seed?: number;
}

/** Inference is asked elsewhere: what an upstream does wrong may be a 502 there. */
const isManaged = ({ operation }: ServedRoute) => operation.responses["5XX"] === undefined;
/** What lies in our files, and nothing in an answer may show. */
const OUR_CODE = /\/src\/|node_modules|\n\s+at /;

async function read(reply: Response): Promise<ReadAnswer> {
  const contentType = reply.headers.get("content-type")?.split(";")[0]?.trim() ?? null;
  const isStream = contentType === "text/event-stream";
  if (isStream) await reply.body?.cancel();
  return { status: reply.status, contentType, text: isStream ? null : await reply.text() };
}

/** The route that a request reached, by its address alone; null = none. */
function routeAt(routes: readonly ServedRoute[], method: string, target: string): ServedRoute | null {
  const { pathname } = new URL(target.replace(/^\/+/, "/"), "http://x");
  const asked = pathname.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  const given = asked.split("/");
  const fits = (template: string) => {
    const parts = template.split("/");
    return parts.length === given.length && parts.every((it, at) => it.startsWith("{") || it === given[at]);
  };
  const found = routes.filter((route) => route.method === method && fits(route.path));
  return found.find((route) => route.path === asked) ?? found[0] ?? null;
}

/** Sends requests one after the other and judges the answers. */
class Asking {
  /** By path of the route a request was made for. */
  readonly statuses = new Map<string, Set<number>>();
  private readonly living = new Living();
  private readonly answers: DescribedAnswers;
  private readonly secrets: readonly (string | null)[];
  private readonly admin: string;
  private readonly scene: AccessScene;
  private readonly routes: readonly ServedRoute[];

  constructor(scene: AccessScene, routes: readonly ServedRoute[], document: ServedDocument) {
    this.scene = scene;
    this.routes = routes;
    this.answers = new DescribedAnswers(document);
    this.secrets = [...scene.askers.values()].map(({ secret }) => secret);
    this.admin = scene.askers.get("the admin key")?.secret ?? "";
  }

  /** What is wrong with the answer; null = nothing. */
  async mistakeAfter({ method, path, ...asked }: ApiRequest, turn: number): Promise<string | null> {
    const target = this.living.put(asked.target, turn);
    const body = typeof asked.body === "string" ? this.living.put(asked.body, turn) : asked.body;
    const secret = turn % 8 === 0 ? (this.secrets[(turn / 8) % this.secrets.length] ?? null) : this.admin;
    const headers = new Headers(asked.headers);
    if (secret !== null) headers.set("authorization", `Bearer ${secret}`);
    const init = { method, headers, ...(body === null ? {} : { body }) };
    const reply = await fetch(this.scene.url + target, init);
    const answer = await read(reply);
    this.statuses.set(path, (this.statuses.get(path) ?? new Set()).add(answer.status));
    const route = routeAt(this.routes, method, target);
    if (route) this.note(route, answer);
    return this.mistakeIn(reply, answer, route);
  }

  private note({ method, path }: ServedRoute, { status, text }: ReadAnswer): void {
    const isNew = method === "POST" && status === 201 && !path.includes("{");
    if (isNew) this.living.note(path.split("/").at(-1) ?? "", JSON.parse(text ?? "").id);
  }

  private mistakeIn(reply: Response, answer: ReadAnswer, route: ServedRoute | null): string | null {
    if (isPolluted()) return "it changed what all objects are";
    if (!/^req_/.test(reply.headers.get("x-request-id") ?? "")) return "it has no request id";
    if (this.scene.secrets.some((secret) => answer.text?.includes(secret))) return "it tells a secret";
    if (OUR_CODE.test(answer.text ?? "")) return "it shows our code";
    return route ? this.answers.mistakeIn(route, answer) : this.answers.mistakeInRefusal(answer);
  }
}

/** Whatever the API is sent, it answers as its own document says. */
export async function describeApiRequests({ requests, seed = Date.now() % 2 ** 31 }: Extent): Promise<void> {
  const scene = await accessScene();
  for (const email of GUESTS) await addPerson(scene.store, null, email);
  const document: ServedDocument = await jsonOf(scene.call("GET", "/openapi.json", null));
  const routes = servedRoutes(document).filter(isManaged);
  const asking = new Asking(scene, routes, document);
  afterAll(() => expect(scene.logs.filter((line) => line.includes("internal error"))).toEqual([]));

  test(
    `${requests} generated requests (seed ${seed}) are answered as the document says`,
    async () => {
      const generated = apiRequests(routes, document, examplesOf(scene));
      for (const [turn, asked] of fc.sample(generated, { numRuns: requests, seed }).entries()) {
        const mistake = await asking.mistakeAfter(asked, turn);
        if (mistake === null) continue;
        throw new Error(`${mistake}\nseed ${seed}, request ${turn}: ${JSON.stringify(asked).slice(0, 3000)}`);
      }
    },
    MANY_INPUTS_TIMEOUT_MS,
  );

  test("they reached every route, which also answered some of them well", () => {
    const { statuses } = asking;
    // Nobody guesses a password or a link's token, and no key opens a session.
    const unwell = routes.filter(
      ({ path, operation }) =>
        operation["x-nyuro-scope"] !== null &&
        ![...(statuses.get(path) ?? [])].some((status) => status < 300),
    );
    expect(unwell.map(({ path }) => path)).toEqual([]);
  });
}
