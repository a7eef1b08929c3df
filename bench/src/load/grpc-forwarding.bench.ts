import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { Connection, createClient } from '@noema/grpc';
import { type PlatformState, startPlatformProcess } from '@noema/standalone';
import { temporaryDirectory } from '@noema/testing';
import { quantile } from '../statistics.js';

/**
 * What the gateway adds to a gRPC call: ListProjects of the same service asked directly and through the gateway, in turns, each by the same token.
 * Prints medians in milliseconds and their ratio. `--processes` gives gateway and services processes of their own, as in a cluster.
 */
const [WARM, ROUNDS] = [200, 1_000];

const directory = await temporaryDirectory();
const platform = await startPlatformProcess({ dataDir: directory.path, port: 0, processes: process.argv.includes('--processes') });
const json = async <T>(name: string): Promise<T> => JSON.parse(await readFile(join(directory.path, name), 'utf8')) as T;
const { api_key: apiKey } = await json<{ api_key: string }>('credentials.json');
const { services, grpcAddress } = await json<PlatformState>('platform.json');
const ways = { direct: services.find(({ name }) => name === 'workspace')!.address, gateway: grpcAddress };
const connections = Object.values(ways).map((address) => new Connection(address));
try {
  const { accessToken } = await createClient(TokenService, { address: connections[0]! }).exchangeApiKey({ apiKey });
  const clients = connections.map((address) => createClient(ProjectService, { address, token: accessToken }));
  const times: number[][] = clients.map(() => []);
  for (let round = 0; round < WARM + ROUNDS; round++) {
    for (const [way, client] of clients.entries()) {
      const begunMs = performance.now();
      await client.listProjects({});
      if (round >= WARM) times[way]!.push(performance.now() - begunMs);
    }
  }
  const [direct = 0, forwarded = 0] = times.map((values) => quantile(values, 0.5));
  process.stdout.write(`${JSON.stringify({ direct_ms: direct.toFixed(3), gateway_ms: forwarded.toFixed(3), ratio: (forwarded / direct).toFixed(3) })}\n`);
} finally {
  for (const connection of connections) connection.close();
  await platform.stop();
  await directory.remove();
}
