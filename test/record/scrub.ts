import { isIPv6 } from "node:net";
import { parseJson } from "../../src/core/json.ts";
import { KEY_LIKE } from "../../src/gateway/redact.ts";

const REDACTED = "REDACTED";

/** Fields whose text says who asked or through whom, whatever it looks like. */
const TELLING_FIELDS = new Set(
  `systemfingerprint organization organizationid org orgid account accountid project projectid projectnumber userid tenantid
  workspaceid requestid xrequestid xamznrequestid trackingid traceid sessionid cookie setcookie authorization apikey xapikey
  ip ipaddress clientip email`.split(/\s+/),
);

/** A field's name and its text or number, or a text alone; none goes past its line. */
const JSON_TEXTS = /("(?:[^"\\\r\n]|\\.)*")(?:(\s*:\s*)("(?:[^"\\\r\n]|\\.)*"|-?\d[\d.eE+-]*)?)?/g;

/** Looks that give somebody away. The replacement of a numbered one differs for each that is found. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  [KEY_LIKE, REDACTED],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, REDACTED],
  [/(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b/g, "someone@example.com"],
  [
    /\barn:(aws[\w-]*):([\w-]+):([\w-]*):\d{12}:(?:user|assumed-role|role)\/[\w+=,.@/-]+/g,
    "arn:$1:$2:$3:000000000000:user/someone",
  ],
  [/\barn:(aws[\w-]*):([\w-]+):([\w-]*):\d{12}:/g, "arn:$1:$2:$3:000000000000:"],
  [/\b(account(?: id)?\W{1,3})\d{6,}\b/gi, "$1000000000000"],
  [
    /\b(projects?(?:[ _](?:number|id))?[/: ]{1,2})(?:\d{4,}|[a-z][a-z0-9-]{4,28}[a-z0-9](?=\/))/g,
    "$1someones-project",
  ],
  [/\b((?:org|proj|user|acct|req|request|cpk|ws)[-_])(?=[A-Za-z]*\d|[a-z]*[A-Z])[A-Za-z0-9]{8,}\b/g, "$1#"],
  [/\b((?:chatcmpl|cmpl|gen|msg|resp)[-_])(?=[A-Za-z]*\d|[a-z]*[A-Z])[A-Za-z0-9-]{8,}\b/g, "$1#"],
  [/\bfp_[A-Za-z0-9]{6,}\b/g, "fp_0000000000"],
  [/\b[\w-]+(\.openai\.azure\.com|\.services\.ai\.azure\.com)\b/g, "someones-resource$1"],
  [
    /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
    "00000000-0000-4000-8000-############",
  ],
  [/(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)/g, "192.0.2.1"],
  [/\bft:([\w.-]+):[\w.-]*:[\w.-]*:[\w.-]+/g, "ft:$1:someone::0"],
];
const IPV6 = /(?<![\w:.])[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*/gi;

/** A text that must not be shown, and what stands in its place. */
export interface Private {
  text: string;
  /** Default `REDACTED`. */
  instead?: string;
}

/**
 * Takes out what says who recorded: the operator's secrets, keys, people, accounts, requests, addresses. The same text
 * is replaced by the same everywhere, so that what belonged together still does; all else stays as it came.
 */
export class Scrubber {
  private readonly known: readonly Private[];
  private readonly numbers = new Map<string, number>();

  constructor(known: readonly Private[]) {
    this.known = [...known].sort((a, b) => b.text.length - a.text.length);
  }

  /** Of JSON, a stream of JSON, or anything else. What is inside a text of JSON is read without its escapes. */
  scrub(text: string): string {
    let out = "";
    let from = 0;
    for (const match of text.matchAll(JSON_TEXTS)) {
      const [whole, first = "", colon, second] = match;
      const field = colon === undefined ? null : parseJson(first);
      out += this.plain(text.slice(from, match.index)) + this.literal(first) + (colon ?? "");
      if (second !== undefined) out += isTelling(field) ? this.hidden(second) : this.literal(second);
      from = match.index + whole.length;
    }
    return out + this.plain(text.slice(from));
  }

  /** A text with its quotes, or a number. */
  private literal(written: string): string {
    const text = parseJson(written);
    if (typeof text === "number") return written;
    if (typeof text !== "string") return this.plain(written);
    const scrubbed = this.scrub(text);
    return scrubbed === text ? written : JSON.stringify(scrubbed);
  }

  /** What stands in a telling field: nothing of it is kept, but for the form where it has a known one. */
  private hidden(written: string): string {
    if (!written.startsWith('"')) return "0";
    if (written === '""') return written;
    const scrubbed = this.literal(written);
    return scrubbed === written ? JSON.stringify(REDACTED) : scrubbed;
  }

  private plain(text: string): string {
    let out = text;
    for (const { text: secret, instead = REDACTED } of this.known)
      out = out.replaceAll(secret, () => instead);
    for (const [look, instead] of LOOKS)
      out = out.replace(look, (found, ...groups) => {
        const named = instead.replace(/\$(\d)/g, (_, at) => String(groups[Number(at) - 1] ?? ""));
        return named.replace(/#+/, (marks) => this.number(found).padStart(marks.length, "0"));
      });
    return out.replace(IPV6, (found) => {
      const address = found.replace(/[.:]$/, "");
      return /\w/.test(address) && isIPv6(address) ? found.replace(address, "2001:db8::1") : found;
    });
  }

  /** Counts what was found, the same always the same. */
  private number(found: string): string {
    const number = this.numbers.get(found) ?? this.numbers.size + 1;
    this.numbers.set(found, number);
    return String(number);
  }
}

function isTelling(field: unknown): boolean {
  return typeof field === "string" && TELLING_FIELDS.has(field.toLowerCase().replace(/[^a-z]/g, ""));
}
