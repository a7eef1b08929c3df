import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { DomainError } from '@noema/kernel';
import { type ArtifactCalls, readThroughGateway } from '../download/read-artifact.js';
import type { Noema } from '../noema.js';
import { choiceOption } from './choice.js';
import type { CommandContext } from './command-context.js';
import { modelVersionId as findVersionId } from './named-resource.js';

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
export interface ExportCalls extends ArtifactCalls {
  readonly models: Pick<Noema['models'], 'getModelVersion'>;
}

/** Writes a version of a model, by the model's name or its own id, as a file. */
export async function exportVersion(
  context: CommandContext,
  name: string,
  { format, file, opset }: ExportOptions,
): Promise<void> {
  const { terminal, signal } = context;
  const noema = await context.connect();
  const modelVersionId = await findVersionId(context, noema, name);
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
 * initialized yet, and as `exportOnnx` and `exportKeras` of @noema/importers.
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
      `version ${modelVersionId} has no weights yet; the first run initializes them: start one with ` +
        '`noema runs create`, and then export the version',
    );
  const { exportKeras, exportOnnx } = await import('@noema/importers');
  const read = (ref: ArtifactRef): Promise<Buffer> => readThroughGateway(noema, 'training', ref, signal);
  const [layers, values] = [(await read(topology)).toString(), await read(weights)];
  return format === 'keras' ? exportKeras(layers, values) : exportOnnx(layers, values, { opset });
}
