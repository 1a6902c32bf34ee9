import { expect, test } from "bun:test";
import type { AlertRow } from "../store/tables.ts";
import { alertScene, bandOf } from "../testing/alerts.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { webhookReceiver } from "../testing/webhook-receiver.ts";

const secret = "a-secret-that-nobody-may-see";
const isTried = ({ attempts }: AlertRow) => attempts === 1;
const isDelivered = ({ delivery }: AlertRow) => delivery === "delivered";

test.each([
  301, 302, 303, 307, 308,
])("a redirect (%p) is not followed, but taken for a failure", async (status) => {
  const [receiver, elsewhere] = [webhookReceiver(), webhookReceiver()];
  receiver.answer = () => new Response(null, { status, headers: { location: elsewhere.url } });
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook: { url: receiver.url, secret } });
  scene.alerts.onBand(bandOf());
  const [row] = await scene.rowsOnce(isTried);
  expect(row?.delivery).toBe("pending");
  expect(scene.logs.map((line) => JSON.parse(line).why)).toEqual([undefined, `HTTP ${status}`]);
  expect(elsewhere.calls).toEqual([]);
  await scene.stop();
});

test.each([
  "127.0.0.1",
  "localhost",
  "[::ffff:127.0.0.1]",
  "2130706433",
  "0x7f.1",
])("a private address (%s) is not called unless egress.allow names it, and then without a restart", async (host) => {
  const receiver = webhookReceiver();
  const url = receiver.url.replace("127.0.0.1", host);
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook: { url, secret }, allow: [] });
  scene.alerts.onBand(bandOf());
  const [row] = await scene.rowsOnce(isTried);
  expect(row?.delivery).toBe("pending");
  expect(JSON.parse(scene.logs[1] ?? "").why).toContain("egress.allow");
  expect(receiver.calls).toEqual([]);
  scene.sender.usePolicy({ allow: ["127.0.0.0/8", "::1/128"] });
  // As a reload does it.
  scene.alerts.useWebhook({ url, secret });
  await scene.rowsOnce(isDelivered);
  expect(receiver.calls).toHaveLength(1);
  await scene.stop();
  expect(scene.logs.join()).not.toContain("nobody-may-see");
});

test("of the answer nothing but the status is read", async () => {
  const receiver = webhookReceiver();
  let sentBytes = 0;
  const { promise: left, resolve } = Promise.withResolvers<void>();
  receiver.answer = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sentBytes += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => resolve(),
      }),
    );
  const scene = alertScene({ dataDir: temporaryDirectory(), webhook: { url: receiver.url, secret } });
  scene.alerts.onBand(bandOf());
  await scene.rowsOnce(isDelivered);
  await left;
  expect(sentBytes).toBeLessThan(64 * 2 ** 20);
  await scene.stop();
});
