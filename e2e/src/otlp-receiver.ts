import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector sees it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly role: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentId: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly status: { readonly code?: number };
        readonly attributes: readonly Attribute[];
      }[];
    }[];
  }[];
}

const toTexts = (attributes: readonly Attribute[]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));

/** A collector that takes OTLP over HTTP in JSON and keeps every span. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];

  private constructor(
    readonly url: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async listen(): Promise<OtlpReceiver> {
    const server = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        if (req.method === 'POST' && req.url === '/v1/traces')
          receiver.take(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Traces);
        res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const receiver = new OtlpReceiver(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      () =>
        new Promise((resolve) => {
          server.close(() => {
            resolve();
          });
          server.closeAllConnections();
        }),
    );
    return receiver;
  }

  /**
   * Returns the spans from a root to one of its descendants, the root first, without spans that have not
   * arrived yet.
   */
  pathTo(span: ReceivedSpan): ReceivedSpan[] {
    const parent = this.spans.find(
      ({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentId,
    );
    return [...(parent === undefined ? [] : this.pathTo(parent)), span];
  }

  close(): Promise<void> {
    return this.end();
  }

  private take({ resourceSpans }: Traces): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const of = toTexts(resource.attributes);
      for (const { traceId, spanId, parentSpanId = '', name, status, attributes } of scopeSpans.flatMap(
        ({ spans }) => spans,
      )) {
        this.spans.push({
          service: of['service.name'] ?? '',
          role: of['noema.role'] ?? '',
          name,
          traceId,
          spanId,
          parentId: parentSpanId,
          failed: status.code === 2,
          attributes: toTexts(attributes),
        });
      }
    }
  }
}
