import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics } from 'prom-client';
import { METRICS_MEDIA_TYPE, readMetrics } from '../metrics/metric.reading.js';
import { metricRegistry } from '../metrics/metric.registry.js';
import { eventLoopProbe, RESOLUTION_MS } from './event-loop.probe.js';
import { monitoringAddressFault } from './monitoring.errors.js';
import { askProbes, type Probe } from './probe.js';

const HEADERS_MS = 5_000;

let measuresRuntime = false;

/** Adds memory, processor, event loop and garbage collection to the metrics of the process. */
export function measureRuntime(): void {
  if (measuresRuntime) return;
  measuresRuntime = true;
  collectDefaultMetrics({ register: metricRegistry, eventLoopMonitoringPrecision: RESOLUTION_MS });
}

/**
 * Serves `/metrics` (Prometheus text), `/livez` and `/readyz` (200 or 503, with the result of each probe)
 * over HTTP on a separate port, so that neither mTLS nor load on the service's port affects monitoring. It
 * reveals nothing about teams or data, but should still be reachable only from the operator's network.
 */
export class MonitoringServer {
  private readonly ready: Probe[] = [];
  private readonly live: Probe[] = [];
  private readonly loop = eventLoopProbe();
  private draining = false;

  private constructor(private readonly server: Server) {
    this.live.push(this.loop);
  }

  /**
   * Listens on `host:port`; port 0 chooses a free port. Throws `precondition` METRICS_ADDRESS_IN_USE or
   * METRICS_ADDRESS_INVALID.
   */
  static async listen(address: string): Promise<MonitoringServer> {
    measureRuntime();
    const server = createServer({
      keepAliveTimeout: 5_000,
      headersTimeout: HEADERS_MS,
      requestTimeout: HEADERS_MS,
    });
    const monitoring = new MonitoringServer(server);
    server.on('request', (req, res) => {
      void monitoring.answer(req, res);
    });
    const at = address.lastIndexOf(':');
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        monitoring.loop.stop();
        reject(monitoringAddressFault(address, error));
      });
      server.listen(
        { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) },
        resolve,
      );
    });
    return monitoring;
  }

  /** Bound `host:port`. */
  get address(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Adds conditions of `/readyz`. Without any, the process is not ready. */
  readyWhen(...probes: readonly Probe[]): void {
    this.ready.push(...probes);
  }

  /** Adds conditions of `/livez`: only failures that a restart of the process would fix. */
  liveWhile(...probes: readonly Probe[]): void {
    this.live.push(...probes);
  }

  /** Makes `/readyz` report not ready from now on. */
  drain(): void {
    this.draining = true;
  }

  async close(): Promise<void> {
    this.drain();
    this.loop.stop();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0];
    if (req.method !== 'GET' && req.method !== 'HEAD') return send(res, 405, 'text/plain', 'GET only\n');
    switch (path) {
      case '/metrics':
        return send(res, 200, METRICS_MEDIA_TYPE, await readMetrics());
      case '/livez':
        return this.tell(res, 'live', this.live);
      case '/readyz':
        if (this.draining)
          return send(res, 503, 'application/json', `${JSON.stringify({ state: 'draining' })}\n`);
        if (this.ready.length === 0)
          return send(res, 503, 'application/json', `${JSON.stringify({ state: 'starting' })}\n`);
        return this.tell(res, 'ready', this.ready);
      default:
        return send(res, 404, 'text/plain', '/metrics, /livez, /readyz\n');
    }
  }

  private async tell(res: ServerResponse, state: string, probes: readonly Probe[]): Promise<void> {
    const { passed, checks } = await askProbes(probes);
    send(
      res,
      passed ? 200 : 503,
      'application/json',
      `${JSON.stringify({ state: passed ? state : `not ${state}`, checks })}\n`,
    );
  }
}

function send(res: ServerResponse, status: number, mediaType: string, body: string): void {
  res.writeHead(status, {
    'content-type': mediaType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}
