import type {
  ActivationLayer,
  ActivationShard,
  EpochOfRun,
  Responses,
} from '../activation-set/activation-set.js';

/** A layer as responses are taken of it, before a basis is fitted. */
export type RespondingLayer = Omit<ActivationLayer, 'droppedUnits' | 'firstEigenvalue'>;

export interface ResponseControl {
  readonly signal: AbortSignal;
  /** Receives the number of rows that are done. */
  readonly progress: (rows: number) => void;
}

/** A source of the responses of epochs. */
export interface Responder {
  /** Name of the engine in the sets of this source. */
  readonly engine: string;

  /** Returns the layers that the epoch follows, in the order of the columns of the responses. */
  findLayers(epoch: EpochOfRun): Promise<RespondingLayer[]>;

  /** Returns mean and maximum of every unit for the rows of a shard: each [rows, units] float32, row-major. */
  respond(epoch: EpochOfRun, shard: ActivationShard, control: ResponseControl): Promise<Responses>;
}
