import { expect, test } from "bun:test";
import type { AlertRow } from "../store/tables.ts";
import { alertScene, bandOf } from "../testing/alerts.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { webhookReceiver } from "../testing/webhook-receiver.ts";

const secret = "a-secret-that-nobody-may-see";
const DAY_MS = 24 * 3_600_000;
const isDelivered = ({ delivery }: AlertRow) => delivery === "delivered";
const deliveries = (rows: readonly AlertRow[]) => rows.map(({ delivery }) => delivery);
const bands = [0.8, 0.9, 1] as const;

test("a webhook that hangs holds up neither alerts nor rows, and an end does not wait for it", async () => {
  const receiver = webhookReceiver();
  receiver.answer = () => new Promise<never>(() => {});
  const dataDir = temporaryDirectory();
  const scene = alertScene({ dataDir, webhook: { url: receiver.url, secret } });
  scene.alerts.onBand(bandOf());
  await receiver.called(1);
  for (const band of [0.9, 1]) scene.alerts.onBand(bandOf({ band }));
  for (let n = 0; n < 50; n++) expect(await scene.store.checkWritable()).toBe(true);
  const rows = await scene.rowsOnce(({ delivery }) => delivery === "pending", 3);
  expect(rows.map(({ band, attempts }) => [band, attempts])).toEqual([
    ["0.8", 0],
    ["0.9", 0],
    ["1", 0],
  ]);
  // One at a time: the others wait for the first.
  expect(receiver.calls).toHaveLength(1);
  await scene.stop();
  expect(scene.logs).toHaveLength(3);

  receiver.answer = () => new Response();
  const next = alertScene({ dataDir, webhook: { url: receiver.url, secret } });
  await next.rowsOnce(isDelivered);
  const ids = receiver.calls.map(({ headers }) => headers.get("webhook-id"));
  expect(ids.slice(1)).toEqual(rows.map(({ id }) => id));
  expect(ids[0]).toBe(ids[1] ?? "");
  // Told in the log by the process before.
  expect(next.logs).toEqual([]);
  await next.stop();
});

test("a call without an answer in time is a failure like any other", async () => {
  const receiver = webhookReceiver();
  receiver.answer = () => new Promise<never>(() => {});
  const webhook = { url: receiver.url, secret };
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook, callTimeoutMs: 30 });
  scene.alerts.onBand(bandOf());
  const [row] = await scene.rowsOnce(({ attempts }) => attempts === 1);
  expect(row?.delivery).toBe("pending");
  expect(JSON.parse(scene.logs[1] ?? "")).toMatchObject({ attempts: 1, why: "no answer in time" });
  receiver.answer = () => new Response();
  await scene.timers.set();
  scene.timers.pass(5_000);
  await scene.rowsOnce(isDelivered);
  await scene.stop();
});

test("after a day without an answer it is given up, and the next alert is not", async () => {
  const receiver = webhookReceiver();
  receiver.answer = () => new Response(null, { status: 500 });
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook: { url: receiver.url, secret } });
  scene.alerts.onBand(bandOf());
  await scene.rowsOnce(({ attempts }) => attempts === 1);
  await scene.timers.set();
  scene.timers.pass(DAY_MS);
  const [row] = await scene.rowsOnce(({ delivery }) => delivery === "given_up");
  expect({ attempts: row?.attempts, next: row?.next_try_ms }).toEqual({ attempts: 2, next: null });
  expect(JSON.parse(scene.logs[2] ?? "")).toMatchObject({ message: "budget alert not delivered: given up" });
  receiver.answer = () => new Response();
  scene.alerts.onBand(bandOf({ band: 1 }));
  const rows = await scene.rowsOnce(({ delivery }) => delivery !== "pending", 2);
  expect(deliveries(rows)).toEqual(["given_up", "delivered"]);
  expect(receiver.calls).toHaveLength(3);
  await scene.stop();
});

test("410 ends it: what is pending is given up and what comes is not sent, until the configuration is loaded again", async () => {
  const receiver = webhookReceiver();
  const webhook = { url: receiver.url, secret };
  const { promise: held, resolve: release } = Promise.withResolvers<Response>();
  receiver.answer = () => held;
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook });
  for (const band of bands) scene.alerts.onBand(bandOf({ band }));
  await scene.rowsOnce(() => true, 3);
  await receiver.called(1);
  release(new Response(null, { status: 410 }));
  await scene.rowsOnce(({ delivery }) => delivery === "given_up", 3);
  scene.alerts.onBand(bandOf({ band: "refused" }));
  const rows = await scene.rowsOnce(() => true, 4);
  expect(deliveries(rows)).toEqual(["given_up", "given_up", "given_up", "none"]);
  expect(receiver.calls).toHaveLength(1);
  receiver.answer = () => new Response();
  scene.alerts.useWebhook(webhook);
  scene.alerts.onBand(bandOf({ periodStartMs: 1 }));
  await receiver.called(2);
  await scene.stop();
  expect(scene.logs.filter((line) => line.includes("HTTP 410"))).toHaveLength(1);
});

test("a webhook taken out of the configuration is called no more; another one gets what was pending", async () => {
  const [old, other] = [webhookReceiver(), webhookReceiver()];
  old.answer = () => new Promise<never>(() => {});
  const webhook = { url: old.url, secret };
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook });
  scene.alerts.onBand(bandOf());
  await old.called(1);
  scene.alerts.useWebhook(null);
  scene.alerts.onBand(bandOf({ band: 1 }));
  await scene.rowsOnce(() => true, 2);
  scene.timers.pass(3_600_000);
  scene.alerts.useWebhook({ url: other.url, secret });
  await other.called(1);
  const rows = await scene.rowsOnce(({ delivery }) => delivery !== "pending");
  expect(rows.map(({ band, delivery }) => [band, delivery])).toEqual([
    ["0.8", "delivered"],
    ["1", "none"],
  ]);
  expect(old.calls).toHaveLength(1);
  expect(other.calls.map(({ headers }) => headers.get("webhook-id"))).toEqual([rows[0]?.id ?? ""]);
  await scene.stop();
});

test("a clock that is put back does not put deliveries off", async () => {
  const receiver = webhookReceiver();
  receiver.answer = () => new Response(null, { status: 500 });
  const dataDir = temporaryDirectory();
  const webhook = { url: receiver.url, secret };
  const before = alertScene({ dataDir, webhook });
  before.alerts.onBand(bandOf());
  await before.rowsOnce(({ attempts }) => attempts === 1);
  await before.timers.set();
  before.clock.setNow(0);
  receiver.answer = () => new Response();
  before.timers.pass(5_000);
  await before.rowsOnce(isDelivered);
  await before.stop();
});
