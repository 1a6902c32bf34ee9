import { expect, test } from "bun:test";
import type { AlertRow } from "../store/tables.ts";
import { ALERT_TIME_MS, type AlertScene, alertScene, bandOf } from "../testing/alerts.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { isSignedWith, webhookReceiver } from "../testing/webhook-receiver.ts";
import { alertOf } from "./alert.ts";

const SECRET = "a-secret-that-nobody-may-see";
const KEY = new TextEncoder().encode(SECRET);

const isDelivered = ({ delivery }: AlertRow) => delivery === "delivered";
const isTried =
  (times: number) =>
  ({ attempts }: AlertRow) =>
    attempts === times;

/** No log line and no call shows the secret, nor a log line the address. */
function expectNothingTold({ logs }: AlertScene, bodies: readonly string[] = []) {
  expect([...logs, ...bodies].join()).not.toContain("nobody-may-see");
  expect(logs.join()).not.toContain("in-the-address");
}

test.each([
  ["a plain secret", SECRET],
  ["a secret in base64", `whsec_${Buffer.from(SECRET).toString("base64")}`],
])("an alert is posted once, signed with %s, and says what the API says", async (_, secret) => {
  const receiver = webhookReceiver();
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook: { url: receiver.url, secret } });
  scene.alerts.onBand(bandOf());
  scene.alerts.onBand(bandOf());
  const [row] = await scene.rowsOnce(isDelivered);
  const [call] = receiver.calls;
  if (!row || !call) throw new Error("no call");
  expect(receiver.calls).toHaveLength(1);
  expect({ method: call.method, path: call.path }).toEqual({
    method: "POST",
    path: "/hook?token=in-the-address",
  });
  expect(JSON.parse(call.body)).toEqual({ type: "budget.alert", ...alertOf(row) });
  expect(call.headers.get("webhook-id")).toBe(row.id);
  expect(call.headers.get("webhook-timestamp")).toBe(String(ALERT_TIME_MS / 1000));
  expect(call.headers.get("content-type")).toBe("application/json");
  expect(await isSignedWith(KEY, call)).toBe(true);
  expect(await isSignedWith(KEY, { ...call, body: call.body.replace("8.1", "8.2") })).toBe(false);
  expect({ attempts: row.attempts, next: row.next_try_ms }).toEqual({ attempts: 1, next: null });
  expect(scene.timers.nextMs()).toBeNull();
  await scene.stop();
  expectNothingTold(scene, [call.body, JSON.stringify(Object.fromEntries(call.headers.entries()))]);
});

test("after a 500 it is posted again, later and later, under the same id with the time of the call", async () => {
  const receiver = webhookReceiver();
  const answers = [500, 503, 404, 200];
  receiver.answer = () => new Response("it hurts", { status: answers.shift() });
  const webhook = { url: receiver.url, secret: SECRET };
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook });
  scene.alerts.onBand(bandOf());
  const waits: number[] = [];
  for (const times of [1, 2, 3]) {
    await scene.rowsOnce(isTried(times));
    await scene.timers.set();
    waits.push(scene.timers.nextMs() ?? 0);
    scene.timers.pass((scene.timers.nextMs() ?? 0) - 1);
    expect(receiver.calls).toHaveLength(times);
    scene.timers.pass(1);
  }
  await scene.rowsOnce(isDelivered);
  expect(waits).toEqual([3_750, 7_500, 15_000]);
  const [first, ...rest] = receiver.calls;
  for (const call of rest) {
    expect(call.body).toBe(first?.body ?? "");
    expect(call.headers.get("webhook-id")).toBe(first?.headers.get("webhook-id") ?? "");
    expect(await isSignedWith(KEY, call)).toBe(true);
  }
  expect(receiver.calls.map(({ headers }) => Number(headers.get("webhook-timestamp")) * 1000)).toEqual(
    [0, 3_000, 11_000, 26_000].map((after) => ALERT_TIME_MS + after),
  );
  // The first failure is told, not each.
  expect(scene.logs.map((line) => JSON.parse(line).why)).toEqual([undefined, "HTTP 500"]);
  await scene.stop();
  expectNothingTold(scene);
});

test("a receiver that is away gets it when it is back", async () => {
  const away = webhookReceiver();
  await away.stop();
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook: { url: away.url, secret: SECRET } });
  scene.alerts.onBand(bandOf());
  await scene.rowsOnce(isTried(1));
  await scene.timers.set();
  const back = webhookReceiver(Number(new URL(away.url).port));
  scene.timers.pass(5_000);
  const [row] = await scene.rowsOnce(isDelivered);
  expect(back.calls.map(({ headers }) => headers.get("webhook-id"))).toEqual([row?.id ?? ""]);
  expect(away.calls).toEqual([]);
  await scene.stop();
});
