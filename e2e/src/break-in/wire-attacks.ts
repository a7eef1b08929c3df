/**
 * A request that is no honest HTTP, and which answers are a refusal; no answer before the connection is
 * closed is one too.
 */
export interface WireAttack {
  readonly name: string;
  readonly bytes: string;
  readonly refusals?: readonly number[];
}

const post = (headers: readonly string[], body: string): string =>
  ['POST /v1/projects HTTP/1.1', 'host: x', 'content-type: application/json', ...headers, '', body].join(
    '\r\n',
  );

/**
 * Bytes that a proxy and the gateway could read as different requests; `hidden` is the request that is to be
 * smuggled.
 */
export const smuggling = (hidden: string): readonly WireAttack[] =>
  [
    [
      'a length and chunks',
      [`content-length: ${hidden.length + 5}`, 'transfer-encoding: chunked'],
      `0\r\n\r\n${hidden}`,
    ],
    ['chunks and a length', ['transfer-encoding: chunked', 'content-length: 4'], `0\r\n\r\n${hidden}`],
    ['two lengths', ['content-length: 0', `content-length: ${hidden.length}`], hidden],
    ['two lengths in one header', [`content-length: 0, ${hidden.length}`], hidden],
    ['a length with a sign', [`content-length: +${hidden.length}`], hidden],
    ['a length in hexadecimal', ['content-length: 0x10'], hidden],
    ['an unknown encoding', ['transfer-encoding: xchunked'], `0\r\n\r\n${hidden}`],
    ['an encoding after chunks', ['transfer-encoding: chunked, identity'], `0\r\n\r\n${hidden}`],
    ['a blank before the colon', ['transfer-encoding : chunked', 'content-length: 4'], `0\r\n\r\n${hidden}`],
    [
      'a tab before the value',
      ['content-length: 4', 'transfer-encoding:\u000bchunked'],
      `0\r\n\r\n${hidden}`,
    ],
    ['a folded header', ['content-length: 4', 'x: y\r\n transfer-encoding: chunked'], `0\r\n\r\n${hidden}`],
    ['a bare CR', ['content-length: 4', 'x: y\rtransfer-encoding: chunked'], `0\r\n\r\n${hidden}`],
    ['a bare LF', ['content-length: 4', 'x: y\ntransfer-encoding: chunked'], `0\r\n\r\n${hidden}`],
    ['NUL in a header', ['content-length: 4', 'x: y\0z'], `0\r\n\r\n${hidden}`],
    ['the size of a chunk with a sign', ['transfer-encoding: chunked'], `-1\r\n${hidden}`],
    ['the size of a chunk beyond 64 bits', ['transfer-encoding: chunked'], `fffffffffffffffff\r\n${hidden}`],
  ].map(([name, headers, body]) => ({
    name: name as string,
    bytes: post(headers as string[], body as string),
  }));

const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', ...headers, '', ''].join('\r\n');

/** Requests that are broken or lead elsewhere. */
export const oddRequests = (trap: string): readonly WireAttack[] => [
  { name: 'the address of another server', bytes: get(trap) },
  { name: 'a tunnel', bytes: `CONNECT ${new URL(trap).host} HTTP/1.1\r\nhost: x\r\n\r\n` },
  { name: 'TRACE', bytes: get('/v1/projects').replace('GET', 'TRACE') },
  {
    name: 'an upgrade to HTTP/2',
    bytes: get('/v1/projects', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__'),
  },
  {
    name: 'an upgrade to a web socket',
    bytes: get('/v1/projects', 'upgrade: websocket', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='),
  },
  { name: 'HTTP/0.9', bytes: 'GET /v1/projects\r\n\r\n' },
  { name: 'headers of 100 kB', bytes: get('/v1/projects', `x: ${'y'.repeat(100_000)}`) },
  {
    name: 'ten thousand headers',
    bytes: get('/v1/projects', ...Array.from({ length: 10_000 }, (_, n) => `x${n}: y`)),
  },
  { name: 'a header without a name', bytes: get('/v1/projects', ': y') },
  { name: 'an invalid path', bytes: get('v1/projects') },
  { name: 'two hosts', bytes: get('/v1/projects', 'host: evil.example') },
];

/** Paths that must not lead out of the page. */
export const PAGE_PATHS: readonly string[] = [
  '/../../../../../../etc/passwd',
  '/assets/../../../package.json',
  '/assets/..%2f..%2f..%2fpackage.json',
  '/%2e%2e/%2e%2e/%2e%2e/package.json',
  '/assets/%2e%2e%5c%2e%2e%5cpackage.json',
  '//etc/passwd',
  '///etc/passwd',
  '/assets//etc/passwd',
  '/assets/%00',
  '/assets/..;/..;/package.json',
  '/assets/%c0%ae%c0%ae/%c0%ae%c0%ae/package.json',
  '/assets/.%2e/.%2e/package.json',
  '/.git/config',
  '/assets/../../.env',
  '/index.html/../../package.json',
  '/%',
];
