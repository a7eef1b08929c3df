import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { hasNats, hasS3, startNats, startS3 } from './index.js';

/** Whether the port speaks HTTP/2 with somebody who shows no certificate. */
const speaksPlainly = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const end = (speaks: boolean): void => {
      session.destroy();
      resolve(speaks);
    };
    session.once('remoteSettings', () => {
      end(true);
    });
    session.once('error', () => {
      end(false);
    });
    session.once('close', () => {
      end(false);
    });
  });

describe.skipIf(!hasNats())('startNats', () => {
  it('serves again after it was killed, on the same port', async () => {
    const nats = await startNats();
    const { pid } = nats;
    await nats.kill();
    await nats.start(true);
    expect(nats.pid).not.toBe(pid);
    await nats.stop();
  });
});

describe.skipIf(!hasS3())('startS3', () => {
  it('serves clients that have its keys', async () => {
    const s3 = await startS3();
    expect((await fetch(s3.endpoint)).status).toBe(403);
    await s3.stop();
  });

  it('RELIABILITY 33: takes no client without credentials at the ports of its parts', async () => {
    const s3 = await startS3();
    const [, s3Grpc, master, masterGrpc, volume, volumeGrpc, filer, filerGrpc] = s3.ports;
    const body = new FormData();
    body.append('file', new Blob(['bytes']));
    const tries: [number, string, RequestInit?][] = [
      [master!, '/dir/assign'],
      [master!, '/dir/lookup?volumeId=1'],
      [master!, '/vol/grow?count=1'],
      [master!, '/col/delete?collection=noema'],
      [master!, '/submit', { method: 'POST', body }],
      [filer!, '/'],
      [filer!, '/buckets/'],
      [filer!, '/buckets/noema/x', { method: 'POST', body }],
      [filer!, '/buckets/noema/', { method: 'DELETE' }],
      [volume!, '/'],
      [volume!, '/1,01637037d6'],
      [volume!, '/1,01637037d6', { method: 'POST', body }],
      [volume!, '/1,01637037d6', { method: 'DELETE' }],
    ];
    for (const [port, path, init] of tries)
      expect(
        (await fetch(`http://127.0.0.1:${port}${path}`, init)).status,
        `${init?.method ?? 'GET'} ${path}`,
      ).toBeGreaterThanOrEqual(400);
    for (const port of [s3Grpc, masterGrpc, volumeGrpc, filerGrpc])
      expect(await speaksPlainly(port!), `gRPC on port ${port}`).toBe(false);
    await s3.stop();
  });
});
