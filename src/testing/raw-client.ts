import { connect, type Socket } from "node:net";

/** One connection that says exactly what a test says. */
export interface RawClient {
  socket: Socket;
  /** Resolves with everything received so far once it contains `text`; rejects if the connection closes before. */
  until(text: string): Promise<string>;
  /** Resolves with everything received once the other side closes. */
  all(): Promise<string>;
}

/** Connects and sends `text` (latin1). */
export function rawClient(url: string, text: string): RawClient {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = "";
  let isClosed = false;
  const looks = new Set<() => void>();
  const lookAll = () => {
    for (const look of looks) look();
  };
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
    lookAll();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
    lookAll();
  });
  socket.write(text, "latin1");
  const when = (isThere: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (isThere()) resolve(received);
        else if (isClosed) reject(new Error(`closed after ${JSON.stringify(received.slice(0, 500))}`));
        else return;
        looks.delete(look);
      };
      looks.add(look);
      look();
    });
  return {
    socket,
    until: (wanted) => when(() => received.includes(wanted)),
    all: () => when(() => isClosed),
  };
}

/** The text of a request with a JSON body. */
export function rawPost(path: string, body: string, headers: Record<string, string>): string {
  const lines = Object.entries({
    host: "nyuro.test",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}
