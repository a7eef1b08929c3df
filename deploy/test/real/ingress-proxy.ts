interface IngressPath {
  readonly path: string;
  readonly pathType: 'Prefix' | 'Exact';
  readonly backend: { readonly service: { readonly name: string; readonly port: { readonly name: string } } };
}

/** An Ingress, as far as the proxy reads it. */
export interface Ingress {
  readonly metadata: { readonly namespace: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly rules: readonly [
      { readonly host: string; readonly http: { readonly paths: readonly IngressPath[] } },
    ];
  };
}

/**
 * Configuration of nginx for an Ingress: what ingress-nginx makes of its paths and annotations, with the certificate
 * in a folder. Services are named, so that the network decides which pod answers.
 */
export function formatNginx({ metadata, spec }: Ingress, port: number, certificates: string): string {
  const [{ host, http }] = spec.rules;
  const option = (name: string, fallback: string): string =>
    metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`] ?? fallback;
  const locations = http.paths.flatMap(({ path, pathType, backend }) => {
    const target = `http://${backend.service.name}.${metadata.namespace}.svc:8080`;
    const exact = `location = ${path} { proxy_pass ${target}; }`;
    const below = `location ${path === '/' ? '/' : `${path}/`} { proxy_pass ${target}; }`;
    if (pathType === 'Exact') return [exact];
    return path === '/' ? [below] : [exact, below];
  });
  return `worker_processes 1;
daemon off;
pid /tmp/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Host $host;
  proxy_set_header X-Forwarded-Proto https;
  proxy_buffering ${option('proxy-buffering', 'off')};
  proxy_request_buffering ${option('proxy-request-buffering', 'on')};
  proxy_read_timeout ${option('proxy-read-timeout', '60')};
  proxy_send_timeout ${option('proxy-send-timeout', '60')};
  client_max_body_size ${option('proxy-body-size', '1m')};
  server {
    listen ${port} ssl;
    server_name ${host};
    ssl_certificate ${certificates}/tls.crt;
    ssl_certificate_key ${certificates}/tls.key;
    ${locations.join('\n    ')}
  }
}
`;
}
