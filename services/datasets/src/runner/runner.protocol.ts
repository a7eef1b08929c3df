import type { IntegrationReport } from '@noema/integration';
import type { ManifestProposal, ProposalOptions } from '../data/manifest-proposal.js';
import type { PopulationPlan } from '../ingestion/ingestion.js';

/**
 * Version of the protocol between the host and a process of user code (ADR 82). It grows when a process of an
 * older release would misunderstand a request, or the host its answer.
 */
export const PROTOCOL_VERSION = 1;

/** The file descriptor that carries requests and answers in the process that runs user code. */
export const CHANNEL_FD = 3;

/**
 * Header of a process's answer for one shard; the numbers and texts are in the body (see `shard.body.ts`).
 */
export interface ShardResponse {
  /** Some row has ground truth. */
  readonly labelled: boolean;
  readonly metadata: readonly {
    readonly name: string;
    readonly type: 'number' | 'string' | 'boolean' | null;
  }[];
}

/** Quantity that is computed from samples and their predictions. */
export type ScoreKind = 'metrics' | 'loss' | 'gradient';

/** The header of scores; the numbers are in the body. */
export interface ScoreResponse {
  /** Names of the metrics; empty for a loss. */
  readonly metrics: readonly string[];
}

/** Requests to the process that runs user code; it has loaded one module. */
export interface RunnerMethods {
  load: { params: { readonly modulePath: string }; result: LoadedIntegration };
  check: {
    params: {
      readonly modulePath: string;
      readonly samples: number;
      readonly secrets: Readonly<Record<string, string>>;
    };
    result: IntegrationReport;
  };
  /** Of files without a manifest; `modulePath` is their folder. Only the process of manifests knows it. */
  propose: { params: ProposalOptions & { readonly modulePath: string }; result: ManifestProposal };
  plan: {
    params: {
      readonly modulePath: string;
      readonly secrets: Readonly<Record<string, string>>;
      readonly maxSkippedShare: number;
    };
    result: PopulationPlan;
  };
  encode: {
    params: {
      readonly modulePath: string;
      readonly secrets: Readonly<Record<string, string>>;
      readonly plan: PopulationPlan;
      readonly firstRow: number;
      readonly rowCount: number;
    };
    result: ShardResponse;
  };
  /** The body of the request has the rows, uint32, then their predictions, float32. */
  score: {
    params: {
      readonly modulePath: string;
      readonly secrets: Readonly<Record<string, string>>;
      readonly plan: ScoredPopulation;
      readonly kind: ScoreKind;
      readonly rowCount: number;
      /** Shape of the prediction for one sample. */
      readonly dims: readonly number[];
    };
    result: ScoreResponse;
  };
}

/** Properties of a population that scores of its samples need. */
export type ScoredPopulation = Pick<
  PopulationPlan,
  'inputs' | 'groundTruths' | 'visualizers' | 'populationDigest'
> & {
  /** Rows, among all samples, of the samples that the version left out. */
  readonly skippedRows: readonly number[];
};
export type RunnerMethod = keyof RunnerMethods;

/** Description of an integration by its module, before any handler runs. */
export interface LoadedIntegration {
  readonly name: string;
  /** Hosts that it wants to reach; none without network. */
  readonly hosts: readonly string[];
  /** Names of the project's secrets that preprocess gets. */
  readonly secrets: readonly string[];
}

export interface RunnerRequest<M extends RunnerMethod = RunnerMethod> {
  readonly method: M;
  readonly params: RunnerMethods[M]['params'];
}

/**
 * The first message of a process. It gets no request before: from then on its sandbox ends with the process
 * that sends the requests.
 */
export interface ReadyMessage {
  readonly kind: 'ready';
  /** Version of the protocol that it speaks. */
  readonly protocol: number;
}

/** One request is answered by any number of `progress` and one `result` or `fault`. */
export type RunnerMessage =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'result'; readonly result: unknown }
  | {
      readonly kind: 'fault';
      readonly fault: {
        readonly kind: string;
        readonly reason: string;
        readonly message: string;
        readonly metadata: Readonly<Record<string, string>>;
      };
    };

/**
 * First messages to a process in a pod: files that the body holds one after the other. They are not answered.
 */
export interface UnpackRequest {
  readonly method: 'unpack';
  readonly params: {
    readonly files: readonly {
      readonly path: string;
      readonly bytes: number;
      /** The bytes continue the file, which was in an earlier message. */
      readonly appended?: boolean;
    }[];
    /** The files are packages of the environment; by default they belong to the bundle. */
    readonly into?: 'packages';
  };
}
