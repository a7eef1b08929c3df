import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type CellRecord, writeRecord } from './cell.record.js';

const SCRIPT = fileURLToPath(new URL('../../zoo/python/referee.py', import.meta.url));
const KEPT_LINES = 40;

/**
 * The figures that the referee recomputed for a cell. Differences are absolute, or relative where numbers
 * exceed 1.
 */
export interface Figures {
  readonly samples: number;
  readonly units: number;
  readonly dimensions: number;
  readonly explained: number;
  readonly responses: number;
  readonly worstLayer?: string;
  readonly vectors: number;
  readonly outputs: number;
  readonly losses: number;
  readonly metrics?: number;
  /** Number of predicted classes that differ from the reference, for a network with several outputs. */
  readonly predictions?: number;
  /** Difference of integrated gradients, for a network with several outputs, relative to the largest of a map. */
  readonly maps?: number;
  /** Entries of similar lists that brute force does not have. */
  readonly similar: number;
  /** Share of the 10 nearest samples by vector with the same label; absent without labels. */
  readonly agreement?: number;
  readonly rawAgreement?: number;
  readonly statedAgreement?: number;
  readonly note?: string;
}

/** How files are proposed: the reader, where several fit; the column to predict, where it has no known name. */
export interface FileReading {
  readonly reader: string | null;
  readonly truth: string | null;
}

/**
 * The independent side of the zoo: stores data, writes networks, and recomputes what the platform said of a
 * cell.
 */
export interface ZooReferee {
  /** Stores a data kind; one that is files in the folder `files`, and says how they are proposed. */
  storeData(kind: string, folder: string): Promise<{ readonly rows: number; readonly files?: FileReading }>;
  /** Stores what the files are by `manifest.json`. */
  readFiles(kind: string, folder: string): Promise<unknown>;
  /**
   * Where the file of the network is, whether the platform trains it, and what is missing behind its output.
   */
  writeNetwork(request: {
    readonly kind: string;
    readonly network: string;
    readonly data: string;
    readonly folder: string;
  }): Promise<{ readonly file: string; readonly trains: boolean; readonly logits?: 'softmax' }>;
  check(
    request: {
      readonly kind: string;
      readonly network: string;
      readonly folder: string;
      readonly record: string;
    },
    record: CellRecord,
  ): Promise<Figures>;
  close(): void;
}

/**
 * The referee of the whole zoo: a Python process that stores data, writes networks and recomputes cells, one
 * request at a time.
 */
export class Referee implements ZooReferee {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private readonly said: string[] = [];

  constructor(interpreter: string, cache: string) {
    this.child = spawn(interpreter, [SCRIPT], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NOEMA_ZOO_CACHE: cache, CUDA_VISIBLE_DEVICES: '-1', OMP_NUM_THREADS: '2' },
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    createInterface({ input: this.child.stderr! }).on('line', (line) => {
      this.said.push(line);
      if (this.said.length > KEPT_LINES) this.said.shift();
    });
  }

  storeData = (kind: string, folder: string) =>
    this.ask<{ rows: number; files?: FileReading }>({ do: 'data', kind, folder });
  readFiles = (kind: string, folder: string) => this.ask({ do: 'read', kind, folder });
  writeNetwork = (request: { kind: string; network: string; data: string; folder: string }) =>
    this.ask<{ file: string; trains: boolean }>({ do: 'network', ...request });
  check = async (
    request: { kind: string; network: string; folder: string; record: string },
    record: CellRecord,
  ): Promise<Figures> => {
    await writeRecord(record, request.record);
    return this.ask<Figures>({ do: 'check', ...request });
  };

  /** Ends the process. */
  close(): void {
    this.child.stdin!.end();
    this.child.kill();
  }

  private async ask<T>(request: object): Promise<T> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.answers.next();
    if (done === true) throw new Error(`the referee ended: ${this.said.slice(-5).join(' | ')}`);
    // Infinity is written by Python as such, and is no JSON.
    const answer = JSON.parse(value.replaceAll(/: (-?Infinity|NaN)/g, ': 1e999')) as T & { error?: string };
    if (answer.error !== undefined)
      throw new Error(`referee: ${answer.error}\n${this.said.slice(-12).join('\n')}`);
    return answer;
  }
}
