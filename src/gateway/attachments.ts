import { type Fault, fault } from "../core/faults.ts";
import type { Attachment } from "../providers/contract.ts";

/** A guarded GET: see `Sender`. */
export interface AttachmentSource {
  fetchAttachment(
    url: string,
    limits: { maxBytes: number; timeoutMs: number; signal: AbortSignal },
  ): Promise<Attachment | Fault>;
}

const MOST_URLS = 32;
const AT_ONCE = 4;
const MAX_BYTES = 20 * 1024 * 1024;
/** Of all files together, as base64. */
const MAX_TOTAL_CHARACTERS = 64 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

interface UnderWay {
  controller: AbortController;
  fetched: Map<string, Promise<Attachment | Fault>>;
}

/**
 * The files behind one request's URLs: each is fetched at most once, however many candidates need it, and only when
 * the first of them does. What cannot be had makes these candidates impossible; one that fetches by itself may follow.
 */
export class Attachments {
  private readonly source: AttachmentSource;
  private readonly open: { whenBroken(act: () => void): void };
  /** Made when first needed: hardly any request needs one. */
  private underWay: UnderWay | null = null;

  /** `open` breaks off what is on its way when the client leaves. */
  constructor(source: AttachmentSource, open: { whenBroken(act: () => void): void }) {
    this.source = source;
    this.open = open;
  }

  async fetch(urls: readonly string[]): Promise<ReadonlyMap<string, Attachment> | Fault> {
    if (urls.length > MOST_URLS) return refused(`${urls.length} URLs are more than ${MOST_URLS}`);
    const files = new Map<string, Attachment>();
    let characters = 0;
    for (let from = 0; from < urls.length; from += AT_ONCE) {
      const some = urls.slice(from, from + AT_ONCE);
      const found = await Promise.all(some.map((url) => this.one(url)));
      for (const [at, file] of found.entries()) {
        if ("kind" in file) return { ...file, kind: "unsupported", status: null };
        characters += file.base64.length;
        files.set(some[at] ?? "", file);
      }
      if (characters > MAX_TOTAL_CHARACTERS) return refused("their files are too large together");
    }
    return files;
  }

  private one(url: string): Promise<Attachment | Fault> {
    this.underWay ??= this.begin();
    const { controller, fetched } = this.underWay;
    let pending = fetched.get(url);
    if (!pending) {
      const limits = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal: controller.signal };
      pending = this.source.fetchAttachment(url, limits);
      fetched.set(url, pending);
    }
    return pending;
  }

  private begin(): UnderWay {
    const controller = new AbortController();
    this.open.whenBroken(() => controller.abort());
    return { controller, fetched: new Map() };
  }
}

function refused(why: string): Fault {
  return fault("unsupported", `URLs to fetch: ${why}`, {
    error: {
      message: `This provider needs files sent with the request, and they cannot be fetched for it: ${why}.`,
      type: null,
      param: "messages",
      code: "attachments_too_large",
    },
  });
}
