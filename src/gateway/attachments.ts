import { type Fault, fault } from "../core/faults.ts";
import type { Attachment } from "../providers/contract.ts";
import type { Sender } from "../providers/send.ts";

/** A guarded GET: see `Sender`. */
export type AttachmentSource = Pick<Sender, "fetchAttachment">;

const MOST_URLS = 32;
const AT_ONCE = 4;
const MAX_BYTES = 20 * 1024 * 1024;
/** Of all files together: as base64 they take the 32 MiB that a request which carries its files may be long. */
const MAX_TOTAL_BYTES = 24 * 1024 * 1024;
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
  /** Of all files so far, those that are still on their way included. */
  private totalBytes = 0;

  /** `open` breaks off what is on its way when the client leaves. */
  constructor(source: AttachmentSource, open: { whenBroken(act: () => void): void }) {
    this.source = source;
    this.open = open;
  }

  async fetch(urls: readonly string[]): Promise<ReadonlyMap<string, Attachment> | Fault> {
    if (urls.length > MOST_URLS) return refused(`${urls.length} URLs are more than ${MOST_URLS}`);
    const files = new Map<string, Attachment>();
    for (let from = 0; from < urls.length; from += AT_ONCE) {
      const some = urls.slice(from, from + AT_ONCE);
      const found = await Promise.all(some.map((url) => this.one(url)));
      if (this.totalBytes > MAX_TOTAL_BYTES) return refused("their files are too large together");
      for (const [at, file] of found.entries()) {
        if ("kind" in file) return { ...file, kind: "unsupported", status: null };
        files.set(some[at] ?? "", file);
      }
    }
    return files;
  }

  private one(url: string): Promise<Attachment | Fault> {
    this.underWay ??= this.begin();
    const { controller, fetched } = this.underWay;
    let pending = fetched.get(url);
    if (!pending) {
      const { signal } = controller;
      const admit = (bytes: number) => {
        this.totalBytes += bytes;
        return this.totalBytes <= MAX_TOTAL_BYTES;
      };
      pending = this.source.fetchAttachment(url, {
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal,
        admit,
      });
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
