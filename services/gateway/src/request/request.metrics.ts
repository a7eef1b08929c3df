import { counter, gauge, histogram } from '@noema/observability';

const requests = counter({
  name: 'noema_http_requests_total',
  help: 'Requests that the gateway answered, by route of the contract and status.',
  labels: ['method', 'route', 'status'],
});
const seconds = histogram({
  name: 'noema_http_request_seconds',
  help:
    'Time from a request to the end of its answer; streams last as long as their reader wants and are ' +
    'left out.',
  labels: ['method', 'route'],
});
/** Requests and streams that are being answered now. */
export const activeRequests = gauge({
  name: 'noema_http_requests_active',
  help: 'Requests and streams that the gateway is answering now.',
});

/** Methods of HTTP; a client may send any other word. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export interface HandledRequest {
  readonly method: string;
  /** Template of the route, such as `/v1/jobs/{job_id}`. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly stream: boolean;
}

/** Counts a request that was answered or broken off. */
export function countRequest({ method, route, status, ms, stream }: HandledRequest): void {
  const labels = { method: METHODS.has(method) ? method : 'other', route };
  requests.inc({ ...labels, status: String(status) });
  if (!stream) seconds.observe(labels, ms / 1000);
}
