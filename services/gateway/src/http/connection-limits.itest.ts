import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { waitFor } from '@noema/testing';
import { afterEach, expect, it } from 'vitest';
import { limitConnections, wasRefused } from './connection-limits.js';

let server: Server;
let held: Set<Socket>;
/** Connections that came, whatever became of them. */
let come: number;
const peers: Socket[] = [];

/** Starts the server, which cuts slow requests after `slowMs`. */
async function serve(slowMs: number): Promise<void> {
  server = createServer((_, res) => {
    res.end('answered');
  });
  limitConnections(server, { headersMs: slowMs, bodyMs: slowMs, maxConnections: 5, maxPerAddress: 0 });
  held = new Set();
  come = 0;
  server.on('connection', (socket) => {
    come++;
    held.add(socket);
    socket.once('close', () => {
      held.delete(socket);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** A peer that sends a part of a request, keeps its side open whatever is answered, and reads nothing. */
function peer(text: string): Socket {
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  socket.on('error', () => undefined).pause();
  socket.write(text);
  peers.push(socket);
  return socket;
}

it.each([
  ['slow headers', 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: '],
  ['a body that never comes', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx'],
  ['no HTTP at all', 'nonsense\r\n\r\n'],
])(
  'RELIABILITY 45: %s of a peer that neither reads nor closes are cut, and nothing of the connection stays',
  async (_, text) => {
    await serve(400);
    for (let n = 0; n < 3; n++) peer(text);
    await waitFor(() => come === 3, { what: 'the connections' });
    await waitFor(() => held.size === 0, { what: 'the server to close them' });
  },
);

it('RELIABILITY 45: connections above the limit are closed at once, and those below it are served', async () => {
  await serve(600_000);
  for (let n = 0; n < 5; n++) peer('GET / HTTP/1.1\r\nhost: a\r\n');
  await waitFor(() => held.size === 5);
  const refused = peer('GET / HTTP/1.1\r\nhost: a\r\n\r\n').resume();
  await new Promise((resolve) => {
    refused.once('close', resolve).once('end', resolve);
  });
  expect(held.size).toBe(5);
  for (const peer of peers.splice(0)) peer.destroy();
  await waitFor(() => held.size === 0);
  expect(await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text()).toBe(
    'answered',
  );
});

it(
  'RELIABILITY 45: connections of an address above its limit are refused and closed, others are served, ' +
    'and a place is free again',
  async () => {
    await serve(600_000);
    const asked: string[] = [];
    const limited = createServer((req, res) => {
      if (!wasRefused(req.socket)) {
        asked.push(req.url!);
        res.end('answered');
      }
    });
    limitConnections(limited, { headersMs: 10_000, bodyMs: 10_000, maxConnections: 100, maxPerAddress: 2 });
    await new Promise<void>((resolve) => {
      limited.listen(0, '127.0.0.1', resolve);
    });
    const { port } = limited.address() as AddressInfo;
    const from = (
      localAddress: string,
      path: string,
    ): { readonly socket: Socket; readonly text: Promise<string> } => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      peers.push(socket);
      let text = '';
      socket.on('error', () => undefined).write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      return {
        socket,
        text: new Promise((resolve) => {
          socket.on('data', (chunk) => {
            resolve((text += String(chunk)));
          });
          socket.on('close', () => {
            resolve(text);
          });
        }),
      };
    };
    const first = [from('127.0.0.1', '/1'), from('127.0.0.1', '/2')];
    for (const { text } of first) expect(await text).toContain('answered');
    const refused = await from('127.0.0.1', '/3').text;
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused).toContain('ADDRESS_BUSY');
    expect(await from('127.0.0.2', '/4').text).toContain('answered');
    first[0]!.socket.destroy();
    await waitFor(async () => (await from('127.0.0.1', '/5').text).includes('answered'), {
      what: 'a place of the address',
    });
    expect(asked).toEqual(['/1', '/2', '/4', '/5']);
    for (const peer of peers.splice(0)) peer.destroy();
    await new Promise((resolve) => {
      limited.close(resolve);
    });
  },
);
