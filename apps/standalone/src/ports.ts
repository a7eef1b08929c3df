import { freePorts, isPortFree } from '@noema/local-servers';
import { portInUse } from './platform.errors.js';

/** The port to listen on: the given one, or any free one for 0. Throws `precondition` PORT_IN_USE. */
export async function claimPort(port: number): Promise<number> {
  if (port === 0) return (await freePorts(1))[0]!;
  if (!(await isPortFree(port))) throw portInUse(port);
  return port;
}

/**
 * The port of gRPC: the requested one, or else the one after the gateway's when it is free, or any. Throws
 * `precondition` PORT_IN_USE for a requested port.
 */
export async function claimGrpcPort(
  asked: number | undefined,
  port: number,
  isAny: boolean,
): Promise<number> {
  if (asked !== undefined) return claimPort(asked);
  return isAny || port === 65_535 ? claimPort(0) : claimPort(port + 1).catch(() => claimPort(0));
}

/** Returns different free addresses for each name, as `host:port`. */
export async function loopbackAddresses(
  names: readonly string[],
  each = 1,
): Promise<Record<string, string[]>> {
  const ports = await freePorts(names.length * each);
  return Object.fromEntries(
    names.map((name, i) => [name, ports.slice(i * each, (i + 1) * each).map((port) => `127.0.0.1:${port}`)]),
  );
}
