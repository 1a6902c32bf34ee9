import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { alertScene, bandOf } from "../testing/alerts.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { type WebhookReceiver, webhookReceiver } from "../testing/webhook-receiver.ts";

const secret = "secret";
const children: Bun.Subprocess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(dataDir: string, url: string) {
  const path = join(import.meta.dir, "../testing/alerts-crash-child.ts");
  const child = Bun.spawn([process.execPath, path, dataDir, url], { stdout: "pipe", stderr: "inherit" });
  children.push(child);
  return child;
}

type Child = ReturnType<typeof start>;

/** Moments between the row and the word that it was delivered, each seen from outside. */
const MOMENTS: [string, (child: Child, receiver: WebhookReceiver) => Promise<unknown>][] = [
  ["the row was written", async (child) => (await child.stdout.getReader().read()).value],
  ["the receiver has it and has not answered", (_, receiver) => receiver.called(1)],
];

test.each(
  MOMENTS,
)("killed once %s, it is delivered by the next process under the same id", async (_, moment) => {
  const dataDir = temporaryDirectory();
  const receiver = webhookReceiver();
  receiver.answer = () => new Promise<never>(() => {});
  const child = start(dataDir, receiver.url);
  await moment(child, receiver);
  child.kill("SIGKILL");
  await child.exited;
  const before = receiver.calls.map(({ headers }) => headers.get("webhook-id"));
  receiver.answer = () => new Response();

  const scene = alertScene({ dataDir, webhook: { url: receiver.url, secret }, startMs: Date.now() });
  // As the budgets of a new process do.
  scene.alerts.onBand(bandOf({ spentNanoUsd: 9_000_000_000 }));
  const rows = await scene.rowsOnce(({ delivery }) => delivery === "delivered");
  await scene.stop();
  expect(rows).toHaveLength(1);
  const ids = receiver.calls.map(({ headers }) => headers.get("webhook-id"));
  expect(ids).toEqual([...before, rows[0]?.id ?? ""]);
  expect(new Set(ids).size).toBe(1);
  // Its own process told the log.
  expect(scene.logs).toEqual([]);
});

test("what was delivered before the kill is not delivered again", async () => {
  const dataDir = temporaryDirectory();
  const receiver = webhookReceiver();
  const child = start(dataDir, receiver.url);
  await receiver.called(1);
  const look = () => {
    const db = new Database(join(dataDir, "nyuro.db"), { readonly: true });
    const row = db.query<{ delivery: string }, []>("SELECT delivery FROM alerts").get();
    db.close();
    return row?.delivery;
  };
  while (look() !== "delivered") await new Promise(setImmediate);
  child.kill("SIGKILL");
  await child.exited;
  const scene = alertScene({ dataDir, webhook: { url: receiver.url, secret }, startMs: Date.now() });
  scene.alerts.onBand(bandOf());
  scene.alerts.onBand(bandOf({ band: 1 }));
  await scene.rowsOnce(({ delivery }) => delivery === "delivered", 2);
  await scene.stop();
  expect(receiver.calls.map(({ body }) => JSON.parse(body).band)).toEqual([0.8, 1]);
});
