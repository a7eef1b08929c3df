import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { WheelSchema } from '@noema/contracts/noema/datasets/v1/integration';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import type { PythonDescription } from '@noema/standalone';
import type { Noema } from '../noema.js';
import { Progress } from '../terminal/progress.js';
import type { CommandContext } from './command-context.js';
import { chooseWheels, isMet, type PythonRequirements, readRequirements } from './python.requirements.js';
import { type DownloadedWheel, withWheels } from './wheel.download.js';

/** Size of the part in one call; as base64 in JSON it stays below the largest body of the gateway. */
const PART_BYTES = 4 * 2 ** 20;
/** Hashes in one request. */
const HASHES = 1_000;

export type SentWheel = MessageInitShape<typeof WheelSchema>;

/** Wheels that the platform has now, and how many bytes of them had to be sent. */
export interface SentEnvironment {
  readonly wheels: readonly SentWheel[];
  readonly wheelBytes: number;
  readonly sentBytes: number;
}

/**
 * Downloads the wheels of locked requirements for the interpreter of the platform and sends the parts that the
 * project does not have. Without wheels where the interpreter meets the requirements. Throws as `isMet`,
 * `withWheels` and `chooseWheels`.
 */
export async function sendEnvironment(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  requirements: PythonRequirements,
): Promise<SentEnvironment> {
  const python = await describePlatform(noema, projectId);
  if (await isMet(requirements, python)) return { wheels: [], wheelBytes: 0, sentBytes: 0 };
  context.terminal.note(`downloading the wheels of ${requirements.path} for Python ${python.version}`);
  return withWheels({ requirements: requirements.text, python, signal: context.signal }, async (downloaded) =>
    sendWheels(context, noema, projectId, await chooseWheels(downloaded, requirements, python)),
  );
}

/** As `sendEnvironment`, with the requirements next to a module or in a folder. Without wheels where there are none. */
export async function sendRequirements(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  path: string,
): Promise<SentEnvironment> {
  const requirements = await readRequirements(path);
  return requirements === undefined
    ? { wheels: [], wheelBytes: 0, sentBytes: 0 }
    : sendEnvironment(context, noema, projectId, requirements);
}

/** The interpreter of the platform. */
export async function describePlatform(noema: Noema, projectId: string): Promise<PythonDescription> {
  const { interpreter } = await noema.integrations.getPythonInterpreter({ projectId });
  const { version, abi, platforms, packages } = interpreter!;
  return { version, abi, platforms, packages: new Map(Object.entries(packages)) };
}

async function sendWheels(
  { terminal }: CommandContext,
  noema: Noema,
  projectId: string,
  wheels: readonly DownloadedWheel[],
): Promise<SentEnvironment> {
  const hashes = await Promise.all(wheels.map(({ path }) => hashParts(path)));
  const stored = await findParts(noema, projectId, hashes.flat());
  const total = wheels.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const bar = new Progress(terminal, 'uploading');
  let [done, sentBytes] = [0, 0];
  const sent: SentWheel[] = [];
  try {
    for (const [i, { fileName, sha256, path }] of wheels.entries()) {
      const parts: ArtifactRef[] = [];
      let index = 0;
      for await (const content of readParts(path)) {
        let part = stored.get(hashes[i]![index++]!);
        if (part === undefined) {
          part = (await noema.integrations.uploadWheelPart({ projectId, content })).part!;
          sentBytes += content.length;
          bar.update(done + content.length, total, fileName);
        }
        parts.push(part);
        done += content.length;
      }
      sent.push({ fileName, sha256, parts });
    }
  } finally {
    bar.end();
  }
  return { wheels: sent, wheelBytes: total, sentBytes };
}

async function findParts(
  noema: Noema,
  projectId: string,
  hashes: readonly string[],
): Promise<Map<string, ArtifactRef>> {
  const found = new Map<string, ArtifactRef>();
  for (let at = 0; at < hashes.length; at += HASHES) {
    const sha256 = hashes.slice(at, at + HASHES);
    const { parts } = await noema.integrations.findWheelParts({ projectId, sha256 });
    for (const part of parts) found.set(part.sha256, part);
  }
  return found;
}

async function hashParts(path: string): Promise<string[]> {
  const hashes: string[] = [];
  for await (const part of readParts(path)) hashes.push(createHash('sha256').update(part).digest('hex'));
  return hashes;
}

async function* readParts(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PART_BYTES), 0, PART_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
