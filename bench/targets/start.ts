import { bunCommand, childEnvironment } from "./children.ts";
import { startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";
import { startPortkey } from "./portkey.ts";
import {
  type Absent,
  MODELS,
  portOf,
  type Setting,
  type Target,
  type TargetName,
  UPSTREAM_KEY,
} from "./target.ts";

const RELAY_KEY = "neu_live_relay000000000000000000000000000000000000000000000000";

/** Every target in the order it is shown. `direct` is the mock itself: what the others are compared with. */
export const STARTERS: Readonly<Record<TargetName, (setting: Setting) => Promise<Target | Absent>>> = {
  direct: startDirect,
  relay: startRelay,
  nginx: startNginx,
  gateway: startGateway,
  portkey: startPortkey,
};

/** Starts the mock upstream. */
export function startMock(children: Setting["children"]) {
  return portOf((onLine) => children.start(bunCommand("bench/targets/mock.ts"), childEnvironment(), onLine));
}

async function startDirect({ mockPort }: Setting): Promise<Target> {
  return { name: "direct", port: mockPort, path: "/v1/chat/completions", headers: {}, pid: 0 };
}

async function startRelay({ children, mockPort }: Setting): Promise<Target> {
  const models = Object.entries(MODELS).map(([id, upstream]) => `${id}=${upstream}`);
  const args = [`http://127.0.0.1:${mockPort}/v1`, RELAY_KEY, UPSTREAM_KEY, ...models];
  const { child, port } = await portOf((onLine) =>
    children.start(bunCommand("bench/targets/relay.ts", ...args), childEnvironment(), onLine),
  );
  const headers = { authorization: `Bearer ${RELAY_KEY}` };
  return { name: "relay", port, path: "/v1/chat/completions", headers, pid: child.pid };
}
