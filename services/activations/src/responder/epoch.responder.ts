import { Inject, Injectable } from '@nestjs/common';
import type { ActivationShard, EpochOfRun } from '../activation-set/activation-set.js';
import { ModelResponder } from '../engine/model.responder.js';
import { RecordedResponder } from './recorded.responder.js';
import type { Responder } from './responder.js';

/** Chooses the source of an epoch's responses: the files that a client recorded, or else the model. */
@Injectable()
export class EpochResponder {
  constructor(
    @Inject(ModelResponder) private readonly model: ModelResponder,
    @Inject(RecordedResponder) private readonly recorded: RecordedResponder,
  ) {}

  /** Returns the source of the epoch's responses. */
  findSource({ recorded }: EpochOfRun): Responder {
    return recorded === undefined ? this.model : this.recorded;
  }

  /** Returns whether all rows of all shards have the same inputs, which do not depend on the source. */
  inputsAreEqual(shards: readonly ActivationShard[], signal: AbortSignal): Promise<boolean> {
    return this.model.inputsAreEqual(shards, signal);
  }
}
