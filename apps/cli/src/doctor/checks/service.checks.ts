import { Health, HealthCheckResponse_ServingStatus as Serving } from '@noema/contracts/grpc/health/v1/health';
import { Connection, createClient, TlsFiles } from '@noema/grpc';
import { asDomainError } from '@noema/kernel';
import { type Answer, type Check, fail, ok } from '../finding.js';
import type { Subject } from '../subject.js';

const TIMEOUT_MS = 8_000;

/** Whether every replica of every service takes calls. */
export function serviceChecks({ services, tlsDir }: Subject): Check[] {
  return Object.entries(services).map(([name, addresses]) => ({
    name: `service ${name}`,
    advice:
      `see whether it runs and whether we may reach ${addresses.join(', ')}; its log has the reason why it does ` +
      'not serve',
    look: () => serves(addresses, tlsDir),
  }));
}

async function serves(addresses: readonly string[], tlsDir: string | undefined): Promise<Answer> {
  const tls = tlsDir === undefined ? undefined : new TlsFiles(tlsDir);
  try {
    const states = await Promise.all(
      addresses.map(async (address) => [address, await readState(address, tls)] as const),
    );
    const bad = states.filter(([, state]) => state !== 'serving');
    if (bad.length > 0)
      return fail(
        bad.map(([address, state]) => `${address} ${state}`).join('; '),
        'see whether it runs; its log has the reason why it does not serve',
      );
    return ok(`serves at ${addresses.join(', ')}`);
  } finally {
    tls?.close();
  }
}

async function readState(address: string, tls: TlsFiles | undefined): Promise<string> {
  const connection = new Connection(address, tls === undefined ? {} : { credentials: tls.client() });
  try {
    const { status } = await createClient(Health, { address: connection, timeoutMs: TIMEOUT_MS }).check({});
    return status === Serving.SERVING ? 'serving' : 'answers, but takes no calls (it starts or drains)';
  } catch (error) {
    return `cannot be reached (${asDomainError(error).reason})`;
  } finally {
    connection.close();
  }
}
