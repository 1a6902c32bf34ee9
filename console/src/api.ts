import type {
  Alert,
  AuditEntry,
  Bill,
  Breakdown,
  CatalogModel,
  Dashboard,
  Decision,
  DryRun,
  Invitation,
  Key,
  Lists,
  Log,
  LogDetail,
  Member,
  NewInvitation,
  NewKey,
  OpenSession,
  Org,
  Origin,
  OwnedBudget,
  Provider,
  ProviderTest,
  Reconciliation,
  Rule,
  Session,
} from "./api-types.ts";

/** Absent and undefined fields are left out. */
export type Query = Record<string, string | number | undefined>;

export interface Page<Item> {
  data: Item[];
  next_cursor: string | null;
}

export interface Catalog extends Page<CatalogModel> {
  revision: string;
  aliases: Record<string, string[]>;
  /** Empty for those who are not the operator. */
  alias_origins: Record<string, Origin | null>;
}

/** What rows can be filtered by, and how many rows each: the commonest first. */
export type FacetAnswer = Record<
  string,
  { value: string | boolean | null; requests: number }[] | string | number
>;

/** A refusal in the server's own words. `status` 0 = nobody answered. */
export class ApiFailure extends Error {
  override name = "ApiFailure";
  readonly status: number;
  readonly code: string;
  /** The field of the body or the query that it is about. */
  readonly param: string | null;
  readonly metadata: Record<string, unknown>;

  constructor(
    status: number,
    code: string,
    message: string,
    about: Partial<Pick<ApiFailure, "param" | "metadata">> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = about.param ?? null;
    this.metadata = about.metadata ?? {};
  }
}

export function urlOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** The cookie goes along; the header shows that the call comes from this page and from no other site's form. */
export function headersOf(method: string): Record<string, string> {
  return method === "GET" ? {} : { "content-type": "application/json", "x-nyuro-console": "1" };
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const text = await response.text().catch(() => "");
  try {
    const { error } = JSON.parse(text);
    return new ApiFailure(response.status, error.code, error.message, error);
  } catch {
    return new ApiFailure(response.status, "unknown", `The gateway answered ${response.status}.`);
  }
}

interface Call {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The one place from which the gateway is called. */
export async function send(method: string, path: string, { query, body, headers, signal }: Call = {}) {
  const options: RequestInit = {
    method,
    headers: { ...headersOf(method), ...headers },
    credentials: "same-origin",
  };
  if (body !== undefined) options.body = typeof body === "string" ? body : JSON.stringify(body);
  if (signal) options.signal = signal;
  const response = await fetch(urlOf(path, query), options).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, "unreachable", "The gateway does not answer.");
  });
  if (!response.ok) throw await failureOf(response);
  return response;
}

async function call<Answer>(method: string, path: string, options?: Call): Promise<Answer> {
  const response = await send(method, path, options);
  // The types are those of the schemas that the server answers by.
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

const get = <Answer>(path: string, query?: Query, signal?: AbortSignal) =>
  call<Answer>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
const post = <Answer>(path: string, body: unknown = {}) => call<Answer>("POST", path, { body });
const patch = <Answer>(path: string, body: unknown) => call<Answer>("PATCH", path, { body });
const remove = <Answer>(path: string) => call<Answer>("DELETE", path);
const at = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;

/** Every call of the management API that the console makes. */
export const api = {
  session: () => get<Session>("/api/v1/session"),
  signIn: (email: string, password: string) => post<Session>("/api/v1/session", { email, password }),
  signOut: () => remove<void>("/api/v1/session"),
  setUp: (owner: { token: string; name: string; email: string; password: string }) =>
    post<Session>("/api/v1/console/setup", owner),
  accept: (person: { token: string; name: string; email?: string; password: string }) =>
    post<Session>("/api/v1/invitations/accept", person),
  moveTo: (org_id: string) => patch<Session>("/api/v1/session", { org_id }),
  changePassword: (current_password: string, new_password: string) =>
    post<unknown>("/api/v1/session/password", { current_password, new_password }),
  sessions: () => get<Page<OpenSession>>("/api/v1/sessions"),
  endSession: (id: string) => remove<unknown>(at("/api/v1/sessions", id)),
  endOtherSessions: () => remove<unknown>("/api/v1/sessions"),

  members: (query: Query) => get<Page<Member>>("/api/v1/members", query),
  updateMember: (id: string, role: string, query: Query) =>
    call<Member>("PATCH", at("/api/v1/members", id), { query, body: { role } }),
  removeMember: (id: string, query: Query) => call<Member>("DELETE", at("/api/v1/members", id), { query }),
  invitations: (query: Query) => get<Page<Invitation>>("/api/v1/invitations", query),
  invite: (body: object) => post<NewInvitation>("/api/v1/invitations", body),
  revokeInvitation: (id: string) => remove<Invitation>(at("/api/v1/invitations", id)),

  dashboard: (query: Query, signal?: AbortSignal) =>
    get<Dashboard>("/api/v1/metrics/dashboard", query, signal),
  breakdown: (query: Query, signal?: AbortSignal) =>
    get<Breakdown>("/api/v1/metrics/breakdown", query, signal),
  logs: (query: Query, signal?: AbortSignal) => get<Page<Log>>("/api/v1/logs", query, signal),
  log: (id: string) => get<LogDetail>(at("/api/v1/logs", id)),
  facets: (query: Query, signal?: AbortSignal) => get<FacetAnswer>("/api/v1/logs/facets", query, signal),

  keys: (query: Query) => get<Page<Key>>("/api/v1/keys", query),
  createKey: (body: object) => post<NewKey>("/api/v1/keys", body),
  updateKey: (id: string, body: object) => patch<Key>(at("/api/v1/keys", id), body),
  revokeKey: (id: string) => remove<Key>(at("/api/v1/keys", id)),
  rotateKey: (id: string, overlapSeconds: number) =>
    post<NewKey>(`${at("/api/v1/keys", id)}/rotate`, { overlap_seconds: overlapSeconds }),

  budgets: (query: Query) => get<Page<OwnedBudget>>("/api/v1/budgets", query),
  alerts: (query: Query) => get<Page<Alert>>("/api/v1/alerts", query),
  bill: (query: Query) => get<Bill>("/api/v1/bill", query),
  reconcile: (provider: string, csv: string) =>
    call<Reconciliation>("POST", "/api/v1/bill/reconcile", { query: { provider }, body: csv }),

  catalog: (query: Query) => get<Catalog>("/api/v1/catalog", query),
  providers: (query: Query) => get<Page<Provider>>("/api/v1/providers", query),
  addProvider: (body: object) => post<Provider>("/api/v1/providers", body),
  updateProvider: (id: string, body: object) => patch<Provider>(at("/api/v1/providers", id), body),
  tryProvider: (body: object) => post<ProviderTest>("/api/v1/providers/test", body),
  resetProvider: (id: string) => post<Provider>(`${at("/api/v1/providers", id)}/reset`),
  removeProvider: (id: string) => remove<{ id: string }>(at("/api/v1/providers", id)),
  testProvider: (id: string) => post<ProviderTest>(`${at("/api/v1/providers", id)}/test`),
  drainProvider: (id: string, drain: boolean) =>
    post<Provider>(`${at("/api/v1/providers", id)}/drain`, { drain }),

  rules: (query: Query) => get<Page<Rule>>("/api/v1/rules", query),
  lists: () => get<Lists>("/api/v1/lists"),
  dryRun: (rule: string, hours: number) => post<DryRun>("/api/v1/rules/dry-run", { rule, hours }),
  decide: (body: unknown) => post<Decision>("/api/v1/route", body),

  orgs: (query: Query) => get<Page<Org>>("/api/v1/orgs", query),
  updateOrg: (id: string, body: object) => patch<Org>(at("/api/v1/orgs", id), body),
  eraseBodies: (id: string) => remove<{ erased: number }>(`${at("/api/v1/orgs", id)}/bodies`),
  createOrg: (body: object) => post<Org>("/api/v1/orgs", body),
  audit: (query: Query) => get<Page<AuditEntry>>("/api/v1/audit", query),
};
