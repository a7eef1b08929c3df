import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { ModelFormat } from '@noema/contracts/noema/training/v1/model';
import {
  type InputTokenizerSchema,
  type ModelFileSchema,
  OutputActivation,
  type TokenizerFileSchema,
} from '@noema/contracts/noema/training/v1/model_service';
import { DomainError } from '@noema/kernel';
import type { Noema } from '../noema.js';
import { Progress } from '../terminal/progress.js';
import { choiceOption } from './choice.js';
import type { CommandContext } from './command-context.js';
import type { Preprocessing } from './preprocess-option.js';
import { listTokenizerFiles, type TokenizerPath } from './tokenizer-option.js';
import { watchJob } from './watch-job.js';

export interface ImportOptions {
  readonly name?: string;
  /** Id of the model to which a version is added. */
  readonly model?: string;
  readonly format?: ModelFormat;
  readonly logits?: OutputActivation;
  readonly outputs?: readonly string[];
  readonly layers?: readonly string[];
  readonly inputShape?: readonly InputShape[];
  readonly preprocess?: readonly Preprocessing[];
  readonly tokenizer?: readonly TokenizerPath[];
}

/** Sizes of one sample of an input of the file. */
interface InputShape {
  readonly input: string;
  readonly sizes: readonly number[];
}

const FORMATS: Readonly<Record<string, ModelFormat>> = {
  onnx: ModelFormat.ONNX,
  'tfjs-layers': ModelFormat.TFJS_LAYERS,
  'tfjs-graph': ModelFormat.TFJS_GRAPH,
  keras: ModelFormat.KERAS_V3,
  'keras-h5': ModelFormat.KERAS_H5,
};
const LOGITS: Readonly<Record<string, OutputActivation>> = {
  softmax: OutputActivation.SOFTMAX,
  sigmoid: OutputActivation.SIGMOID,
};
/** Bytes of a file in one call; as base64 in JSON it stays below the largest body of the gateway. */
const PART_BYTES = 4 * 2 ** 20;

export const formatOption = choiceOption(FORMATS);
export const logitsOption = choiceOption(LOGITS);

/** Adds `name=3,48,320` to the shapes before it; names may hold `=` and colons. */
export function inputShapeOption(text: string, before: readonly InputShape[] = []): readonly InputShape[] {
  const at = text.lastIndexOf('=');
  const sizes = text
    .slice(at + 1)
    .split(',')
    .map(Number);
  if (at < 1 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0))
    throw new InvalidArgumentError(`"${text}" is no name=size,size,… of one sample, such as image=3,224,224`);
  return [...before, { input: text.slice(0, at), sizes }];
}

/**
 * Uploads a file in parts, imports it as a model or as a version of one, and waits. Gives the id of the model
 * and of the version.
 */
export async function importFile(
  context: CommandContext,
  path: string,
  {
    name,
    model,
    format = ModelFormat.UNSPECIFIED,
    logits = OutputActivation.UNSPECIFIED,
    outputs = [],
    layers = [],
    inputShape = [],
    preprocess = [],
    tokenizer = [],
  }: ImportOptions,
): Promise<{ modelId: string; modelVersionId: string }> {
  const noema = await context.connect();
  const { terminal, signal } = context;
  const projectId =
    model === undefined
      ? await context.projectId(noema)
      : (await noema.models.getModel({ modelId: model })).model!.projectId;
  const upload = async (file: string): Promise<ArtifactRef[]> => {
    const bar = new Progress(terminal, `uploading ${basename(file)}`);
    const sent: ArtifactRef[] = [];
    try {
      for await (const { content, done, total } of readParts(file)) {
        sent.push((await noema.models.uploadModelPart({ projectId, content })).part!);
        bar.update(done, total, 'bytes');
      }
    } finally {
      bar.end();
    }
    return sent;
  };
  const tokenizers: MessageInitShape<typeof InputTokenizerSchema>[] = [];
  for (const { input, path: first } of tokenizer) {
    const files: MessageInitShape<typeof TokenizerFileSchema>[] = [];
    for (const file of await listTokenizerFiles(first))
      files.push({ name: basename(file), parts: await upload(file) });
    tokenizers.push({ input, files });
  }
  const parts = await upload(path);
  const modelFile = {
    format,
    outputActivation: logits,
    outputs: [...outputs],
    layers: [...layers],
    inputShapes: inputShape.map(({ input, sizes }) => ({ input, sizes: [...sizes] })),
    preprocessing: [...preprocess],
    tokenizers,
    parts,
  };
  const { jobId, ...ids } =
    model === undefined
      ? await asModel(noema, { projectId, displayName: name ?? basename(path, extname(path)), modelFile })
      : await asVersion(noema, model, modelFile);
  await watchJob(noema, terminal, { service: 'training', jobId, title: 'importing' }, signal);
  return ids;
}

interface Started {
  readonly jobId: string;
  readonly modelId: string;
  readonly modelVersionId: string;
}

async function asModel(
  noema: Noema,
  request: { projectId: string; displayName: string; modelFile: MessageInitShape<typeof ModelFileSchema> },
): Promise<Started> {
  const { job, modelId, modelVersionId } = await noema.models.importModel(request);
  return { jobId: job!.id, modelId, modelVersionId };
}

async function asVersion(
  noema: Noema,
  modelId: string,
  modelFile: MessageInitShape<typeof ModelFileSchema>,
): Promise<Started> {
  const { job, modelVersion } = await noema.models.importModelVersion({ modelId, modelFile });
  return { jobId: job!.id, modelId, modelVersionId: modelVersion!.id };
}

const isDirectory = (path: string): DomainError =>
  new DomainError(
    'invalid',
    'FILE_IS_DIRECTORY',
    `${path} is a directory; give one file: .onnx, .keras, .h5, or a zip of what a TF.js layers model ` +
      'consists of (model.json and its weights). docs/your-own-model.md says how to export a SavedModel',
  );

/**
 * The file in parts; never more of it is in memory than one. Throws `invalid` FILE_UNREADABLE,
 * FILE_IS_DIRECTORY or FILE_EMPTY.
 */
async function* readParts(
  path: string,
): AsyncGenerator<{ content: Uint8Array; done: number; total: number }> {
  const file = await open(path).catch((cause: unknown) => {
    throw new DomainError(
      'invalid',
      'FILE_UNREADABLE',
      `${path} cannot be read: ${(cause as Error).message}; give the path of a model file`,
      { cause },
    );
  });
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw isDirectory(path);
    const total = stat.size;
    if (total === 0)
      throw new DomainError(
        'invalid',
        'FILE_EMPTY',
        `${path} is empty; give a model file, such as one that torch.onnx.export wrote`,
      );
    for (let done = 0; done < total; ) {
      const { bytesRead, buffer } = await file.read(
        new Uint8Array(Math.min(PART_BYTES, total - done)),
        0,
        null,
        done,
      );
      if (bytesRead === 0) break;
      done += bytesRead;
      yield { content: buffer.subarray(0, bytesRead), done, total };
    }
  } finally {
    await file.close();
  }
}
