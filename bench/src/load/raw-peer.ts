import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';

/** The bare servers, and a call of each with as many bytes as one of ours. */
export class RawPeer {
  private readonly client: Client;
  private readonly bytes = Buffer.alloc(200);

  private constructor(
    private readonly child: ChildProcess,
    address: string,
    private readonly url: string,
  ) {
    this.client = new Client(address, credentials.createInsecure());
  }

  static async start(): Promise<RawPeer> {
    const child = fork(fileURLToPath(new URL('./raw-echo.js', import.meta.url)));
    const [at] = (await once(child, 'message')) as [{ grpc: string; http: string }];
    return new RawPeer(child, at.grpc, at.http);
  }

  grpc = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        '/echo.Echo/Echo',
        (b: Buffer) => b,
        (b: Buffer) => b,
        this.bytes,
        (error) => {
          if (error) reject(error);
          else resolve();
        },
      );
    });

  http = async (): Promise<void> => {
    await (await fetch(this.url)).text();
  };

  async stop(): Promise<void> {
    this.client.close();
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
