/** Whether a connection opens in time. Nothing is sent. */
export function reaches(hostname: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise<boolean>((done) => {
    const timer = setTimeout(() => done(false), timeoutMs);
    const settle = (reached: boolean) => {
      clearTimeout(timer);
      done(reached);
    };
    Bun.connect({
      hostname,
      port,
      socket: {
        open(socket) {
          socket.end();
          settle(true);
        },
        data() {},
        connectError: () => settle(false),
        error: () => settle(false),
      },
    }).catch(() => settle(false));
  });
}
