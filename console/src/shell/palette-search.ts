export interface Named {
  id: string;
  label: string;
}

export interface Found extends Named {
  kind: "page" | "request" | "model" | "provider" | "key";
}

export interface Findable {
  pages: readonly Named[];
  models: readonly Named[];
  keys: readonly Named[];
  providers: readonly Named[];
  /** Requests may be looked at. */
  mayRead: boolean;
}

/** More than one looks through. */
const MOST = 30;
const REQUEST_ID = /^req_\w{6,40}$/;

/** What is called so, the best first. Without a text it is the pages; who knows a request's id need not look for it. */
export function findIn(text: string, { pages, models, keys, providers, mayRead }: Findable): Found[] {
  const wanted = text.trim().toLowerCase();
  const all: Found[] = pages.map((page) => ({ ...page, kind: "page" as const }));
  if (wanted === "") return all;
  const request = text.trim();
  const requests: Found[] =
    mayRead && REQUEST_ID.test(request) ? [{ kind: "request", id: request, label: request }] : [];
  const named: Found[] = [
    ...all,
    ...models.map((model) => ({ ...model, kind: "model" as const })),
    ...providers.map((provider) => ({ ...provider, kind: "provider" as const })),
    ...keys.map((key) => ({ ...key, kind: "key" as const })),
  ];
  const ranked = named
    .map((item) => ({ item, rank: rankOf(item, wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  return [...requests, ...ranked.map(({ item }) => item)].slice(0, MOST);
}

/** 0 = it is called so, then what begins so, has a word that does, has it anywhere; null = not at all. */
function rankOf({ label, id, kind }: Found, wanted: string): number | null {
  const name = label.toLowerCase();
  if (name === wanted || id.toLowerCase() === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.split(/[^a-z0-9]+/).some((word) => word.startsWith(wanted))) return 2;
  const isInside = name.includes(wanted) || (kind !== "page" && id.toLowerCase().includes(wanted));
  return isInside ? 3 : null;
}
