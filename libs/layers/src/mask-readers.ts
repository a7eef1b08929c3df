import type { DomainError } from '@noema/kernel';
import type { Source } from './topology.js';
import type { Value } from './value.js';

/** One call of one layer. */
export type CallId = Pick<Source, 'layer' | 'node'>;

interface Reading {
  /** Takes the masks off what it reads. */
  readonly unmasks: boolean;
  /** Whether the call makes use of the masks of its inputs. */
  readonly usesMask: boolean;
  readonly fail: (why: string) => DomainError;
  /** Tensors that layers outside of this model may read, too. */
  readonly outside: ReadonlySet<string>;
}

/**
 * Follows which calls of a Keras 3 model read masked series, because its attention takes the mask off what it
 * reads. A call that needs the attention's result comes after it and sees no mask; one that the attention needs
 * comes before it. In between, the order in which Keras calls the layers would decide, so such a model is
 * refused.
 */
export class MaskReaders {
  private readonly readers = new Map<string, CallId[]>();
  private readonly unmasked = new Map<string, CallId>();

  constructor(private readonly dependsOn: (from: CallId, to: CallId) => boolean) {}

  /** Returns the inputs of a call, without the masks that are off by then. Throws LAYER_INVALID. */
  read(call: CallId, values: readonly Value[], reading: Reading): readonly Value[] {
    const inputs = values.map((value) => this.asSeenBy(call, value, reading));
    for (const { tensor, keep } of inputs) {
      if (keep === undefined || !reading.usesMask) continue;
      if (reading.unmasks) this.unmask(tensor, call, reading);
      this.readers.set(tensor, [...(this.readers.get(tensor) ?? []), call]);
    }
    return inputs;
  }

  private asSeenBy(call: CallId, value: Value, { usesMask, fail }: Reading): Value {
    const by = this.unmasked.get(value.tensor);
    if (by === undefined || value.keep === undefined || !usesMask) return value;
    if (!this.dependsOn(call, by)) throw fail(orderDecides(by.layer));
    const { keep: _, ...bare } = value;
    return bare;
  }

  private unmask(tensor: string, call: CallId, { fail, outside }: Reading): void {
    if (outside.has(tensor))
      throw fail(
        'takes the mask off an input of the model that it is in, which others may read; put it outside of that ' +
          'model',
      );
    const before = this.readers
      .get(tensor)
      ?.find((reader) => !isSame(reader, call) && !this.dependsOn(call, reader));
    if (before !== undefined) throw fail(orderDecides(before.layer));
    this.unmasked.set(tensor, call);
  }
}

const isSame = (a: CallId, b: CallId): boolean => a.layer === b.layer && a.node === b.node;

const orderDecides = (other: string): string =>
  `and "${other}" read the same masked series, and attention takes the mask off it, so that the order of the ` +
  'two would decide; let one of them read a copy, or leave the mask out';
