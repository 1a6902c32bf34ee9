import { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { join } from "node:path";
import type { Job } from "../../bench/load/job.ts";
import { requestText } from "../../bench/load/request.ts";
import { runLoad } from "../../bench/measure/run-load.ts";
import { Children } from "../../bench/targets/children.ts";
import { startGateway } from "../../bench/targets/gateway.ts";
import { streamEventCount } from "../../bench/targets/mock-replies.ts";
import { startMock } from "../../bench/targets/start.ts";
import { isAbsent } from "../../bench/targets/target.ts";

const RAMP_PER_SECOND = 500;
/** Of one event a second each: the first stream still runs when the last has begun. */
const SPARE_EVENTS = 3;
const PATIENCE_SECONDS = 60;

/** Opens this many slow streams through one server, all of them open at once, and expects every event of each. */
export async function expectNoEventLost(streams: number): Promise<void> {
  const children = new Children();
  try {
    const mockPort = (await startMock(children)).port;
    const gateway = await startGateway({ children, mockPort });
    if (isAbsent(gateway)) throw new Error(gateway.reason);
    const deltas = Math.ceil(streams / RAMP_PER_SECOND) + SPARE_EVENTS;
    const job: Job = {
      kind: "held",
      host: "127.0.0.1",
      port: gateway.port,
      request: requestText(gateway, "paced", deltas),
      connections: streams,
      expectEvents: streamEventCount(deltas),
      warmupSeconds: 0,
      seconds: deltas * 2 + PATIENCE_SECONDS,
      rampPerSecond: RAMP_PER_SECOND,
    };
    const ignore = () => {};
    const { completed, openAtOnce, eventsLost, failure } = await runLoad(children, job, ignore, ignore);
    expect({ completed, openAtOnce, eventsLost, failure }).toEqual({
      completed: streams,
      openAtOnce: streams,
      eventsLost: 0,
      failure: null,
    });
    expect(rowsByStatus(join(children.folder, "gateway", "data"))).toEqual([
      { status: "ok", count: streams },
    ]);
  } finally {
    await children.stopAll();
  }
}

function rowsByStatus(dataDir: string): unknown[] {
  const db = new Database(join(dataDir, "nyuro.db"), { readonly: true });
  try {
    return db.query("SELECT status, count(*) AS count FROM requests GROUP BY status").all();
  } finally {
    db.close();
  }
}
