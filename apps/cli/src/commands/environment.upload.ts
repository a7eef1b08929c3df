import { createReadStream } from 'node:fs';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { WheelSchema } from '@noema/contracts/noema/datasets/v1/integration';
import type { PythonDescription } from '@noema/standalone';
import type { Noema } from '../noema.js';
import { Progress } from '../terminal/progress.js';
import type { CommandContext } from './command-context.js';
import { sendParts } from './part.upload.js';
import { chooseWheels, isMet, type PythonRequirements, readRequirements } from './python.requirements.js';
import { type DownloadedWheel, withWheels } from './wheel.download.js';

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
  const total = wheels.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const bar = new Progress(terminal, 'uploading');
  let [before, sentBytes] = [0, 0];
  const sent: SentWheel[] = [];
  try {
    for (const { fileName, sha256, path, sizeBytes } of wheels) {
      const { parts, ...size } = await sendParts(noema, projectId, createReadStream(path), (done) => {
        bar.update(before + done, total, fileName);
      });
      before += sizeBytes;
      sentBytes += size.sentBytes;
      sent.push({ fileName, sha256, parts: [...parts] });
    }
  } finally {
    bar.end();
  }
  return { wheels: sent, wheelBytes: total, sentBytes };
}
