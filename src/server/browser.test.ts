import { expect, test } from "bun:test";
import { checkBrowser, originOf, sessionTokenOf, withSecure } from "./browser.ts";

const LOOPBACK = { publicOrigin: null, host: "127.0.0.1" };
const PUBLIC = { publicOrigin: "https://llm.example.com", host: "0.0.0.0" };

function asked(method: string, headers: Record<string, string>): Request {
  return new Request("http://127.0.0.1:4210/api/v1/keys", { method, headers });
}

test.each([
  ["127.0.0.1:4210", LOOPBACK, true],
  ["[::1]:4210", LOOPBACK, true],
  ["192.168.1.7:4210", LOOPBACK, true],
  ["localhost:4210", LOOPBACK, true],
  ["LOCALHOST", LOOPBACK, true],
  ["nyuro.localhost:4210", LOOPBACK, true],
  ["llm.example.com", PUBLIC, true],
  ["gateway:4210", { publicOrigin: null, host: "gateway" }, true],
  ["llm.example.com:8080", PUBLIC, false],
  ["evil.example", PUBLIC, false],
  ["evil.example:4210", LOOPBACK, false],
  ["127.0.0.1.evil.example", LOOPBACK, false],
  ["localhost.evil.example", LOOPBACK, false],
  ["", LOOPBACK, false],
])("the Host %s is one of ours: %p %p", (host, reached, isOurs) => {
  expect(checkBrowser(asked("GET", { host }), reached, true)?.code).toBe(isOurs ? undefined : "cross_site");
});

const ok = { host: "127.0.0.1:4210", "x-nyuro-console": "1" };

test.each<[string, Record<string, string>, boolean]>([
  ["our own page", { ...ok, origin: "http://127.0.0.1:4210", "sec-fetch-site": "same-origin" }, true],
  ["our own page behind a proxy that ends TLS", { ...ok, origin: "https://127.0.0.1:4210" }, true],
  ["a program without a browser", ok, true],
  ["another port of this machine", { ...ok, origin: "http://127.0.0.1:3000" }, false],
  ["another site", { ...ok, origin: "https://evil.example" }, false],
  ["a sandboxed page", { ...ok, origin: "null" }, false],
  ["a site of the same domain", { ...ok, "sec-fetch-site": "same-site" }, false],
  ["another site that hides its origin", { ...ok, "sec-fetch-site": "cross-site" }, false],
  ["a form, which can set no header", { host: ok.host }, false],
  ["another value of the header", { ...ok, "x-nyuro-console": "true" }, false],
])("a change with a cookie by %s passes: %p %p", (_, headers, passes) => {
  for (const method of ["POST", "PATCH", "DELETE"])
    expect(checkBrowser(asked(method, headers), LOOPBACK, true)?.status).toBe(passes ? undefined : 403);
});

test("signing in needs no header, but no other site may do it", () => {
  expect(checkBrowser(asked("POST", { host: ok.host }), LOOPBACK, false)).toBeNull();
  const foreign = { host: ok.host, origin: "https://evil.example" };
  expect(checkBrowser(asked("POST", foreign), LOOPBACK, false)?.code).toBe("cross_site");
});

test("the public address is our own origin, whatever Host the proxy says", () => {
  const headers = { ...ok, origin: "https://llm.example.com" };
  expect(checkBrowser(asked("POST", headers), PUBLIC, true)).toBeNull();
  expect(checkBrowser(asked("POST", headers), LOOPBACK, true)?.code).toBe("cross_site");
});

test.each<[string | null, string | null]>([
  [null, null],
  ["a=b", null],
  ["nyuro.session_token=abc.def%3D", "abc.def%3D"],
  ["a=b; nyuro.session_token=abc; c=d", "abc"],
  ["nyuro.session_token_x=abc", null],
  ["x=nyuro.session_token", null],
  ["nyuro.session_token=", null],
])("the cookies %p hold the session %p", (cookie, token) => {
  expect(sessionTokenOf(new Headers(cookie === null ? {} : { cookie }))).toBe(token);
});

test("links lead where people are, and cookies are Secure where the page is", () => {
  const request = asked("POST", { host: "127.0.0.1:4210", origin: "https://llm.example.com" });
  expect(originOf(request, LOOPBACK)).toBe("https://llm.example.com");
  expect(originOf(asked("POST", { host: "127.0.0.1:4210" }), LOOPBACK)).toBe("http://127.0.0.1:4210");
  expect(originOf(request, { ...PUBLIC, publicOrigin: "https://other.example" })).toBe(
    "https://other.example",
  );
  expect(withSecure(["a=b; HttpOnly"], "https://llm.example.com")).toEqual(["a=b; HttpOnly; Secure"]);
  expect(withSecure(["a=b; HttpOnly"], "http://127.0.0.1:4210")).toEqual(["a=b; HttpOnly"]);
});
