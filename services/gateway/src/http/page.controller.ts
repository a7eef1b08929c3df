import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { comments } from '@noema/contracts/noema/comments';
import { services } from '@noema/contracts';
import { Upstreams } from '../grpc/upstreams.js';

const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1c2430}h1{font-weight:600}code{background:#eef1f5;padding:.1em .3em;border-radius:3px}dt{font-weight:600;margin-top:.8em}dd{margin:0}';

/** A page for people who open the gateway's address: what runs here, and where to read on. */
@Controller()
export class IndexController {
  private readonly page: string;

  constructor(@Inject(Upstreams) upstreams: Upstreams) {
    this.page = pageOf(upstreams.names);
  }

  @Get()
  get(@Res() res: ServerResponse): void {
    const hash = createHash('sha256').update(STYLE).digest('base64');
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.setHeader('content-security-policy', `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`);
    res.end(this.page);
  }
}

function pageOf(names: readonly string[]): string {
  const rows = names.map((name) => {
    const own = services.filter((s) => s.typeName.startsWith(`noema.${name}.`));
    return `<dt>${name}</dt>${own.map((s) => `<dd><code>${s.name}</code> ${escape(comments[s.typeName] ?? '')}</dd>`).join('')}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Noema</title><style>${STYLE}</style></head><body>
<h1>Noema</h1><p>Shows how a neural network perceives your data. This is the gateway: REST over the services below, with the same rights as gRPC.</p>
<p><a href="/openapi.json">openapi.json</a> describes every route. Sign in with <code>Authorization: Bearer &lt;api key&gt;</code>. <a href="/readyz">readyz</a> says which services answer.</p>
<h2>Services</h2><dl>${rows.join('\n') || '<dd>none is configured</dd>'}</dl></body></html>
`;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
