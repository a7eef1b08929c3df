import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { Connection, createClient } from '@noema/grpc';
import { type PlatformState, startPlatformProcess } from '@noema/standalone';
import { temporaryDirectory } from '@noema/testing';
import { processTree, TICKS_PER_SECOND } from '../process.tree.js';
import { quantile } from '../statistics.js';

/**
 * Measures what the gateway adds to a gRPC call: ListProjects of the same service called directly and through
 * the gateway, in blocks by turns, with the same token. Prints the medians in milliseconds, the processor
 * time a call takes in all processes together (which other work on the machine changes less; Linux only), and
 * the ratio of each. `--processes` gives gateway and services processes of their own, as in a cluster.
 */
const WARM_CALLS = 300;
const BLOCKS = 20;
const CALLS_PER_BLOCK = 100;

/** Time of one call. */
interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Processor time of this process and the platform below it so far. */
const cpuMs = (): number => ((processTree(process.pid)?.ticks ?? 0) * 1000) / TICKS_PER_SECOND;

const directory = await temporaryDirectory();
const platform = await startPlatformProcess({
  dataDir: directory.path,
  port: 0,
  processes: process.argv.includes('--processes'),
});
const json = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(join(directory.path, name), 'utf8')) as T;
const { api_key: apiKey } = await json<{ api_key: string }>('credentials.json');
const { services, grpcAddress } = await json<PlatformState>('platform.json');
const ways = { direct: services.find(({ name }) => name === 'workspace')!.address, gateway: grpcAddress };
const connections = Object.values(ways).map((address) => new Connection(address));
try {
  const { accessToken } = await createClient(TokenService, { address: connections[0]! }).exchangeApiKey({
    apiKey,
  });
  const clients = connections.map((address) => createClient(ProjectService, { address, token: accessToken }));
  for (let i = 0; i < WARM_CALLS; i++) for (const client of clients) await client.listProjects({});
  const measured = clients.map(() => ({ times: [] as number[], cpuMs: 0 }));
  for (let block = 0; block < BLOCKS; block++) {
    for (const [way, client] of clients.entries()) {
      const { times } = measured[way]!;
      const before = cpuMs();
      for (let call = 0; call < CALLS_PER_BLOCK; call++) {
        const startMs = performance.now();
        await client.listProjects({});
        times.push(performance.now() - startMs);
      }
      measured[way]!.cpuMs += cpuMs() - before;
    }
  }
  const [direct, forwarded] = measured.map(({ times, cpuMs: total }) => ({
    ms: quantile(times, 0.5),
    cpuMs: total / times.length,
  })) as [Cost, Cost];
  process.stdout.write(
    `${JSON.stringify({
      direct_ms: direct.ms.toFixed(3),
      gateway_ms: forwarded.ms.toFixed(3),
      ratio: (forwarded.ms / direct.ms).toFixed(3),
      direct_cpu_ms: direct.cpuMs.toFixed(3),
      gateway_cpu_ms: forwarded.cpuMs.toFixed(3),
      cpu_ratio: (forwarded.cpuMs / direct.cpuMs).toFixed(3),
    })}\n`,
  );
} finally {
  for (const connection of connections) connection.close();
  await platform.stop();
  await directory.remove();
}
