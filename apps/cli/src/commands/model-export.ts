import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { artifactRefOf } from '@noema/contracts';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { DomainError } from '@noema/kernel';
import { downloadArtifact } from '../download/artifact.download.js';
import type { Noema } from '../noema.js';
import { choiceOption } from './choice.js';
import type { CommandContext } from './command-context.js';
import { modelVersionId as versionIdOf } from './named-resource.js';

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly file: string;
  readonly opset: number;
}

/** Ending of the file, and its format. */
export type ExportFormat = 'onnx' | 'keras';

export const formatOfExport = choiceOption<ExportFormat>({ onnx: 'onnx', keras: 'keras' });

export function opsetOption(text: string): number {
  if (text !== '17' && text !== '20')
    throw new InvalidArgumentError(`"${text}" is no version that models are exported in; give 17 or 20`);
  return Number(text);
}

/** Calls that an export makes. */
export interface ExportCalls {
  readonly models: Pick<Noema['models'], 'getModelVersion'>;
  readonly artifacts: Pick<Noema['artifacts'], 'readArtifact'>;
}

/** Writes a version of a model, by the model's name or its own id, as a file. */
export async function exportVersion(
  context: CommandContext,
  name: string,
  { format, file, opset }: ExportOptions,
): Promise<void> {
  const { terminal, signal } = context;
  const noema = await context.connect();
  const modelVersionId = await versionIdOf(context, noema, name);
  const bytes = await exportedFile(noema, modelVersionId, { format, opset, signal });
  await writeFile(file, bytes);
  const isOnnx = format === 'onnx';
  terminal.document({
    file,
    modelVersionId,
    format,
    ...(isOnnx && { opset }),
    sizeBytes: bytes.length,
  });
  terminal.line(
    `${file}: ${bytes.length} bytes, ${isOnnx ? `operators of version ${opset}` : 'for Keras 3'}`,
  );
}

/**
 * Returns the file of a version. Throws `precondition` WEIGHTS_MISSING for a version that no run has
 * initialised yet, and as `exportOnnx` and `exportKeras` of @noema/importers.
 */
export async function exportedFile(
  noema: ExportCalls,
  modelVersionId: string,
  { format, opset, signal }: Pick<ExportOptions, 'format' | 'opset'> & { readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { modelVersion } = await noema.models.getModelVersion({ modelVersionId });
  const { topology, weights } = modelVersion!;
  if (topology === undefined || weights === undefined)
    throw new DomainError(
      'precondition',
      'WEIGHTS_MISSING',
      `version ${modelVersionId} has no weights yet; the first run initialises them: start one with ` +
        '`noema runs create`, and then export the version',
    );
  const { exportKeras, exportOnnx } = await import('@noema/importers');
  const read = (ref: ArtifactRef): Promise<Buffer> => readBytes(noema, ref, signal);
  const [layers, values] = [(await read(topology)).toString(), await read(weights)];
  return format === 'keras' ? exportKeras(layers, values) : exportOnnx(layers, values, { opset });
}

/** The bytes of an artifact of the training service, through a file so that a broken download is resumed. */
async function readBytes(noema: ExportCalls, ref: ArtifactRef, signal: AbortSignal): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'noema-export-'));
  const target = join(folder, 'artifact');
  try {
    await downloadArtifact({
      artifact: artifactRefOf(ref, 'artifact'),
      target,
      read: async function* (offset) {
        const parts = noema.artifacts.readArtifact(
          { service: 'training', uri: ref.uri, offset: BigInt(offset) },
          { signal },
        );
        for await (const { body } of parts) yield body!.data;
      },
    });
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true });
  }
}
