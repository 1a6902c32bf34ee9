import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment, freePort } from "./children.ts";
import { type Absent, answers, type Setting, type Target } from "./target.ts";

/** One worker, so that it has one core like the others; no buffering, so that events pass one by one. */
function configuration(port: number, mockPort: number): string {
  return `
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
  keepalive_requests 100000000;
  upstream mock { server 127.0.0.1:${mockPort}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;
}

/** nginx as plain `proxy_pass` with upstream keep-alive, where it is installed. */
export async function startNginx({ children, mockPort }: Setting): Promise<Target | Absent> {
  const environment = childEnvironment();
  const program = Bun.which("nginx", { PATH: `${environment.PATH ?? ""}:/usr/sbin:/usr/local/sbin` });
  if (!program) return { name: "nginx", reason: "nginx is not installed" };
  const port = await freePort();
  const prefix = join(children.folder, "nginx");
  mkdirSync(join(prefix, "temp"), { recursive: true });
  writeFileSync(join(prefix, "nginx.conf"), configuration(port, mockPort));
  const child = children.start([program, "-p", prefix, "-c", join(prefix, "nginx.conf")], environment);
  if (!(await answers(child, port, "/v1/models", 5000))) {
    return { name: "nginx", reason: `nginx did not start: ${child.lastWords()}` };
  }
  return { name: "nginx", port, path: "/v1/chat/completions", headers: {}, pid: child.pid };
}
