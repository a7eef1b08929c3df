import { DomainError } from '@noema/kernel';
import type { Weights } from '../programs/weights.js';

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly iteration: number;
  readonly weights: Weights;
  /** The optimizer's arrays, each by parameter that the training changes, in TF.js layout. */
  readonly slots: readonly Weights[];
}

interface Header {
  readonly format: 'noema-checkpoint';
  readonly version: 1;
  readonly epoch: number;
  readonly iteration: number;
  readonly slots: number;
  readonly parameters: readonly ParameterLength[];
  /** Parameters of the slots; absent if they are the same as of the weights. */
  readonly learned?: readonly ParameterLength[];
}

interface ParameterLength {
  readonly name: string;
  readonly length: number;
}

const parameterLengths = (weights: Weights): ParameterLength[] =>
  [...weights].map(([name, { length }]) => ({ name, length }));

/**
 * Writes a checkpoint: length of the header (uint32), header (JSON), then float32 little-endian: the weights
 * in the model's order, then each slot in the same order, without the parameters that are not trained.
 */
export function encodeCheckpoint({ epoch, iteration, weights, slots }: Checkpoint): Uint8Array {
  const parameters = parameterLengths(weights);
  const learned = slots[0] === undefined ? parameters : parameterLengths(slots[0]);
  const text = JSON.stringify({
    format: 'noema-checkpoint',
    version: 1,
    epoch,
    iteration,
    slots: slots.length,
    parameters,
    ...(learned.length < parameters.length ? { learned } : {}),
  } satisfies Header);
  // Padded with blanks, so that the numbers are aligned.
  const header = Buffer.from(text + ' '.repeat((4 - (Buffer.byteLength(text) % 4)) % 4));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const arrays = [weights, ...slots].flatMap((map, i) =>
    (i === 0 ? parameters : learned).map(({ name }) => {
      const values = map.get(name)!;
      return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    }),
  );
  return Buffer.concat([length, header, ...arrays]);
}

/** Reads a checkpoint. Throws `data-loss` CHECKPOINT_DAMAGED when the bytes are not one. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(buffer);
  const start = 4 + buffer.readUInt32LE(0);
  const learned = header.learned ?? header.parameters;
  const size = (of: readonly ParameterLength[]): number =>
    of.reduce((total, { length }) => total + length, 0);
  if (buffer.length !== start + 4 * (size(header.parameters) + header.slots * size(learned)))
    throw damaged(`${buffer.length} bytes do not fit its header`);
  const numbers = new Float32Array(new Uint8Array(buffer.subarray(start)).buffer);
  const mapAt = (from: number, of: readonly ParameterLength[]): Weights => {
    let at = from;
    return new Map(of.map(({ name, length }) => [name, numbers.slice(at, (at += length))]));
  };
  return {
    epoch: header.epoch,
    iteration: header.iteration,
    weights: mapAt(0, header.parameters),
    slots: Array.from({ length: header.slots }, (_, i) =>
      mapAt(size(header.parameters) + i * size(learned), learned),
    ),
  };
}

function readHeader(buffer: Buffer): Header {
  try {
    const header = JSON.parse(buffer.subarray(4, 4 + buffer.readUInt32LE(0)).toString()) as Header;
    if (header.format === 'noema-checkpoint') return header;
  } catch (cause) {
    throw damaged('its header is not readable', cause);
  }
  throw damaged('it is something else');
}

const damaged = (why: string, cause?: unknown): DomainError =>
  new DomainError(
    'data-loss',
    'CHECKPOINT_DAMAGED',
    `the checkpoint is damaged: ${why}; resume from an earlier one`,
    { cause },
  );
