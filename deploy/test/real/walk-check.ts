import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkSameArtifacts, type DigitWalk, walkDigits, writeDigits } from './digit-walk.js';
import { gatewayAddress, NOEMA, platformAt, type Run } from './gateway-platform.js';
import type { RealNode } from './real-node.js';

const execute = promisify(execFile);
const onThisMachine: Run = async (program, args) =>
  (await execute(program, args, { maxBuffer: 2 ** 26 })).stdout;

/** The walk of the digits on this machine, which others are compared with; it is done once. */
export class DigitComparison {
  private here: Promise<DigitWalk> | undefined;

  constructor(private readonly node: RealNode) {}

  /** Through the gateway's service, in the network of the node. */
  async walkInPods(key: string): Promise<string> {
    return this.walkAt(await gatewayAddress(this.node), key, this.node.run);
  }

  /**
   * Walks from 10,000 digits to heat maps at an address, by the command line, and compares with the embedded platform
   * of this machine. Throws when the artifacts differ in a bit. Returns the number of artifacts.
   */
  async walkAt(url: string, key: string, run: Run): Promise<string> {
    const folder = join(this.node.directory, 'walk');
    if (this.here === undefined) {
      await mkdir(folder, { recursive: true });
      await writeDigits(folder);
    }
    const there = await walkDigits(platformAt(url, key, run), folder);
    const here = await (this.here ??= walkHere(folder));
    checkSameArtifacts(here.artifacts, there.artifacts, 'in pods');
    if (here.similar.length === 0 || String(here.similar) !== String(there.similar))
      throw new Error(
        `similar samples differ: ${String(here.similar)} and, in pods, ${String(there.similar)}`,
      );
    return `${here.artifacts.size} artifacts have the same bits, ${here.similar.length} similar samples are the same`;
  }
}

async function walkHere(folder: string): Promise<DigitWalk> {
  const noema = (...args: string[]): Promise<string> =>
    onThisMachine('node', [NOEMA, '--data-dir', join(folder, 'platform'), ...args]);
  await noema('up', '--port', '0');
  try {
    const { url } = JSON.parse(await noema('--json', 'status')) as { readonly url: string };
    const { api_key: key } = JSON.parse(
      await readFile(join(folder, 'platform/credentials.json'), 'utf8'),
    ) as { readonly api_key: string };
    return await walkDigits(platformAt(url, key, onThisMachine), folder);
  } finally {
    await noema('down');
  }
}
