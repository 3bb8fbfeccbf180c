export interface NginxConfigOptions {
  /** Where its own files go; `www` in it is what is served. */
  readonly folder: string;
  readonly port: number;
  readonly securePort: number;
  /** Of the model, which the server names as a Hub does. */
  readonly sha256: string;
  /** Whether the one who starts it is root: its worker would become a user who may not read the folder. */
  readonly isRoot: boolean;
}

/**
 * The configuration of the server that all tools are measured against. One worker: among several, the kernel decides which of
 * them gets which connection, and runs would differ by that. HTTP/1.1, since not every tool speaks another. Where the path
 * begins with `/slow`, each response is held to 20 MiB/s after a first second's worth.
 */
export function nginxConfig({ folder, port, securePort, sha256, isRoot }: NginxConfigOptions): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
worker_processes 1;
${isRoot ? "user root;" : ""}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  sendfile on;
  log_format requests '$request_method $status $body_bytes_sent "$http_range"';
  access_log ${folder}/access.log requests;
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${securePort} ssl;
    ssl_certificate ${folder}/certificate.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.3;
    location / {
      root ${folder}/www;
    }
    location /org/ {
      root ${folder}/www;
      # As mirrors of the Hub do: the file itself, with what it is, by the commit as well.
      rewrite "^/org/repo/resolve/[0-9a-f]{40}/(.*)$" /org/repo/resolve/main/$1 break;
      add_header X-Repo-Commit ${"0".repeat(39)}1;
      add_header X-Linked-Etag '"${sha256}"';
    }
    location /slow/ {
      alias ${folder}/www/;
      limit_rate 20m;
    }
    location = /connections {
      stub_status;
      access_log off;
      keepalive_timeout 0;
    }
  }
}
`;
}
