import { expect, test } from "bun:test";
import { fault } from "../core/faults.ts";
import type { Attachment } from "../providers/contract.ts";
import { type AttachmentSource, Attachments } from "./attachments.ts";

/** Answers each URL with its own name; remembers what was asked and with which signal. */
function source(made: (url: string) => Attachment | ReturnType<typeof fault> = named, bytes = 1) {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  let atOnce = 0;
  let most = 0;
  const fetchAttachment: AttachmentSource["fetchAttachment"] = async (url, { signal, admit }) => {
    asked.push(url);
    signals.push(signal);
    atOnce += 1;
    most = Math.max(most, atOnce);
    await Promise.resolve();
    atOnce -= 1;
    return admit?.(bytes) ? made(url) : fault("bad_request", "attachment too long");
  };
  return { fetchAttachment, asked, signals, most: () => most };
}

const named = (url: string): Attachment => ({ mediaType: "image/png", base64: btoa(url) });
const open = () => {
  const acts: (() => void)[] = [];
  return { whenBroken: (act: () => void) => void acts.push(act), acts };
};
const urls = (count: number) => Array.from({ length: count }, (_, at) => `https://files.test/${at}`);

test("every file is fetched once, however many candidates need it, a few at a time", async () => {
  const from = source();
  const attachments = new Attachments(from, open());
  const first = await attachments.fetch(urls(10));
  const second = await attachments.fetch(urls(10));
  expect(first).toEqual(new Map(urls(10).map((url) => [url, named(url)])));
  expect(second).toEqual(first);
  expect(from.asked).toEqual(urls(10));
  expect(from.most()).toBeLessThanOrEqual(4);
});

test("a request that needs none listens for nothing", () => {
  const request = open();
  new Attachments(source(), request);
  expect(request.acts).toEqual([]);
});

test("a file that cannot be had leaves the candidate out and tells the caller why", async () => {
  const words = { message: "no such image", type: null, param: "messages", code: "x" };
  const from = source(() => fault("bad_request", "HTTP 404", { status: 404, error: words }));
  const found = await new Attachments(from, open()).fetch(urls(1));
  expect(found).toMatchObject({ kind: "unsupported", status: null, error: words });
});

test("more URLs, or more bytes, than one request may have are refused", async () => {
  const from = source();
  expect(await new Attachments(from, open()).fetch(urls(33))).toMatchObject({ kind: "unsupported" });
  expect(from.asked).toEqual([]);
  const large = source(named, 5 * 1024 * 1024);
  expect(await new Attachments(large, open()).fetch(urls(4))).toBeInstanceOf(Map);
  const tooLarge = new Attachments(large, open());
  for (const _ of ["for one candidate", "for the next"])
    expect(await tooLarge.fetch(urls(12))).toMatchObject({
      kind: "unsupported",
      error: { code: "attachments_too_large" },
    });
  expect(large.asked.length).toBe(4 + 8);
});

test("a client that leaves ends what is on its way", async () => {
  const request = open();
  const from = source();
  await new Attachments(from, request).fetch(urls(1));
  expect(from.signals.map(({ aborted }) => aborted)).toEqual([false]);
  for (const act of request.acts) act();
  expect(from.signals.map(({ aborted }) => aborted)).toEqual([true]);
});
