import { expect, test } from "bun:test";
import { csvRecords } from "../../core/csv.ts";
import { requestIdOf } from "../../core/ids.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const { secret } = await scene.keyWith(["read"]);
const admin = (await scene.keyWith(["admin"])).secret;
const ROWS = 1_234;
for (let n = 1; n <= ROWS; n++) {
  const isForeign = n % 100 === 0;
  await scene.ledger.write(
    sampleRow({
      sequence: n,
      timeMs: START_MS - n * 1_000,
      orgId: isForeign ? OTHER_ORG_ID : "org_default",
      status: n % 10 === 0 ? "error" : "ok",
      industry: n % 4 === 0 ? "legal" : null,
      fallbackUsed: n % 5 === 0,
      requestedModel: n === 3 ? '=HYPERLINK("http://evil","x")' : n === 5 ? 'a "b",\r\nc' : "fast",
      costNanoUsd: n === 7 ? null : 1_500,
    }),
  );
}

async function csv(query = "", asker = secret) {
  const reply = await scene.call("GET", `/api/v1/logs?format=csv${query}`, asker);
  expect(reply.status).toBe(200);
  const records = [...csvRecords(await reply.text())];
  const [header, ...rows] = records.map((record) => (Array.isArray(record) ? record : [record.problem]));
  return {
    reply,
    rows: rows.map((row) => Object.fromEntries(row.map((cell, n) => [header?.[n] ?? "", cell]))),
  };
}

test("the table is every chosen row, over all pages, in the order and the words of the list", async () => {
  const { reply, rows } = await csv();
  expect(reply.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(reply.headers.get("content-disposition")).toBe('attachment; filename="nyuro-logs.csv"');
  expect(rows).toHaveLength(ROWS - 12);
  expect(rows[0]).toMatchObject({
    id: requestIdOf(1),
    time: "2027-01-15T07:59:59.000Z",
    cost_usd: "0.000001500",
  });
  expect(rows[0]?.attempts).toBe("openai/gpt-4o-mini=ok@812ms");
  expect(rows.find(({ id }) => id === requestIdOf(7))?.cost_usd).toBe("");
  expect(rows.some(({ org_id }) => org_id !== "org_default")).toBe(false);
  expect((await csv("", admin)).rows).toHaveLength(ROWS);
});

test("filters and a limit hold for it too", async () => {
  expect((await csv("&status=error&limit=700")).rows).toHaveLength(ROWS / 10 - 0.4 - 12);
  expect((await csv("&limit=3")).rows.map(({ id }) => id)).toEqual([1, 2, 3].map(requestIdOf));
  expect((await csv("&model=none")).rows).toEqual([]);
});

test("a cell that a spreadsheet would run is text, and what needs quotes comes back as it was", async () => {
  const { rows } = await csv("&limit=5");
  expect(rows[2]?.requested_model).toBe('\'=HYPERLINK("http://evil","x")');
  expect(rows[4]?.requested_model).toBe('a "b",\r\nc');
});

test("a mistake is told before anything is sent", async () => {
  for (const query of ["format=csv&limit=0", "format=csv&from=tomorrow", "format=xml"]) {
    const reply = await scene.call("GET", `/api/v1/logs?${query}`, secret);
    expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([400, "invalid_request"]);
  }
  const reply = await scene.call("GET", "/api/v1/logs?format=csv&cursor=nonsense", secret);
  expect([reply.status, (await jsonOf(reply)).error.param]).toEqual([400, "cursor"]);
});

test("an export does not go on with a key that was ended", async () => {
  const key = await scene.keyWith(["read"]);
  const reply = await scene.call("GET", "/api/v1/logs?format=csv", key.secret);
  const body = reply.body?.getReader();
  await body?.read();
  await scene.keys.revoke(key.id);
  let rows = 0;
  const rest = async () => {
    for (;;) {
      const { done, value } = (await body?.read()) ?? { done: true };
      if (done) return;
      rows += new TextDecoder().decode(value).split("\r\n").length;
    }
  };
  await rest().catch(() => {});
  expect(rows).toBeLessThan(ROWS - 500);
});

async function facets(query = "", asker = secret) {
  return await jsonOf(scene.call("GET", `/api/v1/logs/facets${query}`, asker));
}

test("facets count the values of what is chosen, the commonest first, nobody's of another organization", async () => {
  const all = await facets();
  expect(all.total).toBe(ROWS - 12);
  expect(all.status).toEqual([
    { value: "ok", requests: 1_111 },
    { value: "error", requests: 111 },
  ]);
  expect(all.model).toEqual([{ value: "gpt-4o-mini", requests: ROWS - 12 }]);
  expect(all.fallback.map(({ value }: { value: unknown }) => value)).toEqual([false, true]);
  expect(all.to).toBe("2027-01-15T08:00:00.001Z");
  const errors = await facets("?status=error&industry=legal");
  expect(errors.total).toBe(61 - 12);
  expect(errors.industry).toEqual([{ value: "legal", requests: 49 }]);
  expect((await facets(`?org_id=${OTHER_ORG_ID}`, admin)).total).toBe(12);
  const foreign = await scene.call("GET", `/api/v1/logs/facets?org_id=${OTHER_ORG_ID}`, secret);
  expect(foreign.status).toBe(404);
});

test("facets agree with the list over the same while", async () => {
  const query = "?from=2027-01-15T07:50:00.500Z&to=2027-01-15T07:58:20.001Z&fallback=true";
  const { total } = await facets(query);
  const { data } = await jsonOf(scene.call("GET", `/api/v1/logs${query}&limit=1000`, secret));
  expect(total).toBe(data.length);
  expect(total).toBeGreaterThan(50);
});
