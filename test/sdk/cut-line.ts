import { connect, createServer, type Socket } from "node:net";

/** A line between a client and a server that breaks on the client's side alone, as lines do. */
export interface CutLine {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Requests that went through, cut off or not. */
  asked(): number;
  /**
   * What the line breaks at: once for each of these texts, where the server says it next. The client is not given it;
   * the server's side stays open.
   */
  cutAt(texts: readonly string[]): void;
  stop(): Promise<void>;
}

export async function cutLine(target: string): Promise<CutLine> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cuts: string[] = [];
  let asked = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    let heard = "";
    let isCut = false;
    client.on("data", (bytes) => {
      if (bytes.toString("latin1").startsWith("POST ")) asked += 1;
      heard = "";
      upstream.write(bytes);
    });
    client.on("close", () => {
      if (!isCut) upstream.destroy();
    });
    upstream.on("close", () => client.destroy());
    upstream.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      if (isCut) return;
      const [cut] = cuts;
      if (cut === undefined || !heard.includes(cut)) return client.write(bytes);
      cuts.shift();
      isCut = true;
      client.destroy();
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    asked: () => asked,
    cutAt: (texts) => {
      cuts = [...texts];
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
