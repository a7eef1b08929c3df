import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cut, startCutLine } from './cut-line.js';
import { EPOCHS, STEPS, type Trial, type TrialPlatform } from './trial.js';
import type { TrainingProcess } from './training.process.js';

/** A kind of fault. */
export interface Fault {
  readonly key: string;
  readonly title: string;
  readonly work: 'loop' | 'ranks' | 'loader';
  readonly trials: number;
  /** Runs the training of each seed with the fault, all at once. */
  readonly run: (trial: Trial, group: Group) => Promise<Outcome>;
}

/** Trainings that run at once, so that one death of the platform hits all of them at their gates. */
export class Group {
  readonly killed: Meeting;
  readonly restarted: Meeting;

  constructor(platform: TrialPlatform, size: number) {
    this.killed = new Meeting(size, () => platform.kill());
    this.restarted = new Meeting(size, () => platform.up());
  }

  /** Ends all waiting for a training that has failed. */
  fail(error: unknown): void {
    for (const meeting of [this.killed, this.restarted]) meeting.cancel(error);
  }
}

/** Work that is done once, when all have arrived. */
class Meeting {
  private arrived = 0;
  private readonly settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  private readonly done: Promise<void>;

  constructor(
    private readonly size: number,
    private readonly work: () => Promise<void>,
  ) {
    let [resolve, reject] = [(): void => undefined, (_: unknown): void => undefined];
    this.done = new Promise<void>((...both) => {
      [resolve, reject] = both;
    });
    this.done.catch(() => undefined);
    this.settle = { resolve, reject };
  }

  cancel(error: unknown): void {
    this.settle.reject(error);
  }

  arrive(): Promise<void> {
    this.arrived += 1;
    if (this.arrived === this.size) void this.work().then(this.settle.resolve, this.settle.reject);
    return this.done;
  }
}

export interface Outcome {
  readonly printed: string;
  /** Fewest epochs that have to be whole. */
  readonly whole: number;
  /** Most epochs that may be partial. */
  readonly partial: number;
}

const ALL = { whole: EPOCHS, partial: 0 } as const;
const CUT_MS = 60_000;

/** A whole number from 0 below `count` that follows from a seed; `salt` names the choice. */
function choose(seed: number, salt: number, count: number): number {
  let x = Math.imul(seed + 1, 0x9e37_79b1) ^ Math.imul(salt + 1, 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b_3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a_2d39);
  return ((x ^ (x >>> 15)) >>> 0) % count;
}

/** A step in the middle of an epoch: not among its first two or last two. */
const midStep = (seed: number, steps = STEPS, epochs = EPOCHS): number =>
  choose(seed, 0, epochs) * steps + 3 + choose(seed, 1, steps - 5);

async function killPlatform(trial: Trial, { killed, restarted }: Group): Promise<Outcome> {
  const step = midStep(trial.seed);
  const later = step + 1 + choose(trial.seed, 2, Math.min(STEPS, EPOCHS * STEPS - step));
  const staysAway = trial.seed % 2 === 1;
  const training = trial.start([`gates=${step},${later}`], staysAway ? { NOEMA_EXIT_S: '1' } : {});
  await training.gate();
  await killed.arrive();
  training.go();
  await training.gate();
  if (!staysAway) await restarted.arrive();
  training.go();
  const printed = await training.end();
  if (staysAway) {
    await restarted.arrive();
    await trial.sync();
  }
  return { ...ALL, printed };
}

async function killTrainer(trial: Trial): Promise<Outcome> {
  const step = midStep(trial.seed);
  const training = trial.start([`gates=${step}`]);
  await training.gate();
  await training.kill();
  if (trial.seed % 4 === 3) {
    await trial.sync();
    return { printed: '', whole: 0, partial: 0 };
  }
  return { ...ALL, printed: await trial.start(['resume=0']).end() };
}

/** The line is cut while the disk fills, so that nothing that is sent makes room. */
async function fillDisk(trial: Trial): Promise<Outcome> {
  const spool = join(trial.folder, 'spool');
  const isMounted = trial.seed % 2 === 0;
  mkdirSync(spool);
  if (isMounted) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=384k', 'tmpfs', spool]);
  const limit: Record<string, string> = isMounted ? {} : { NOEMA_SPOOL_BYTES: '393216' };
  try {
    return await behindLine(trial, ['gates=5,full'], limit, async (training, line) => {
      await training.gate();
      line.cut('refused');
      training.go();
      await training.gate();
      line.mend();
      training.go();
      return { printed: await training.end(), whole: 0, partial: EPOCHS };
    });
  } finally {
    if (isMounted) execFileSync('umount', [spool]);
  }
}

function cutNetwork(trial: Trial): Promise<Outcome> {
  const how: Cut = trial.seed % 2 === 0 ? 'refused' : 'lost';
  const step = midStep(trial.seed);
  const later = step + 1 + choose(trial.seed, 2, Math.min(STEPS, EPOCHS * STEPS - step));
  return behindLine(trial, [`gates=${step},${later}`], {}, async (training, line) => {
    await training.gate();
    line.cut(how);
    const over = delay(CUT_MS);
    training.go();
    await training.gate();
    await over;
    line.mend();
    training.go();
    return { ...ALL, printed: await training.end() };
  });
}

async function behindLine(
  trial: Trial,
  args: readonly string[],
  more: Readonly<Record<string, string>>,
  work: (training: TrainingProcess, line: Awaited<ReturnType<typeof startCutLine>>) => Promise<Outcome>,
): Promise<Outcome> {
  const line = await startCutLine(async () => (await trial.platform.state()).grpcAddress);
  const reached = { NOEMA_URL: `grpc://${line.address}`, NOEMA_API_KEY: await trial.platform.key() };
  try {
    return await work(trial.start(args, { ...reached, ...more }), line);
  } finally {
    line.close();
  }
}

/** Steps of one of two ranks: half of the rows, and one that repeats. */
const RANK_STEPS = 17;
const RANKS = [0, 1] as const;

const startRank = (trial: Trial, rank: number, args: readonly string[]): TrainingProcess =>
  trial.start(args, { RANK: String(rank), WORLD_SIZE: '2', NOEMA_RUN_KEY: trial.name });

async function runRanks(trial: Trial, ...args: readonly string[]): Promise<Outcome> {
  const printed = await Promise.all(RANKS.map((rank) => startRank(trial, rank, args).end()));
  return { ...ALL, printed: printed.join('') };
}

/** Epoch from 1, and a step of a rank in its middle. */
const midRank = (seed: number): { readonly epoch: number; readonly step: number } => {
  const before = choose(seed, 0, EPOCHS);
  return { epoch: before + 1, step: before * RANK_STEPS + 3 + choose(seed, 1, RANK_STEPS - 5) };
};

async function killRank(trial: Trial): Promise<Outcome> {
  if (trial.seed % 3 === 0) return runRanks(trial);
  const { epoch, step } = midRank(trial.seed);
  const victim = choose(trial.seed, 2, RANKS.length);
  // In every third trial the other rank has ended the epoch in which this one is killed.
  const isAhead = trial.seed % 3 === 2 && epoch < EPOCHS;
  const steps = RANKS.map((rank) => (isAhead && rank !== victim ? epoch * RANK_STEPS + 2 : step));
  const trainings = RANKS.map((rank) => startRank(trial, rank, [`gates=${steps[rank]}`]));
  await Promise.all(trainings.map((training) => training.gate()));
  await trainings[victim]!.kill();
  // A launcher ends the others, and starts all of them again from the checkpoint of the epoch before.
  await trainings[1 - victim]!.kill();
  return runRanks(trial, `resume=${epoch}`);
}

async function killPlatformOfRanks(trial: Trial, { killed, restarted }: Group): Promise<Outcome> {
  const { step } = midRank(trial.seed);
  const trainings = RANKS.map((rank) => startRank(trial, rank, [`gates=${step}`]));
  await Promise.all(trainings.map((training) => training.gate()));
  await killed.arrive();
  for (const training of trainings) training.go();
  await restarted.arrive();
  return { ...ALL, printed: (await Promise.all(trainings.map((training) => training.end()))).join('') };
}

/** Steps of the loader: training samples alone. */
const LOADER_STEPS = 26;

async function shuffleAndAugment(trial: Trial): Promise<Outcome> {
  const kind = trial.seed % 3;
  if (kind === 0) return { ...ALL, printed: await trial.start([]).end() };
  if (kind === 1) {
    const training = trial.start([`gates=${midStep(trial.seed, LOADER_STEPS)}`]);
    await training.gate();
    await training.kill();
    return { ...ALL, printed: await trial.start(['resume=0']).end() };
  }
  const step = midStep(trial.seed, LOADER_STEPS);
  const printed = await trial.start([`gates=${step}`, 'stop']).end();
  return { printed, whole: Math.floor(step / LOADER_STEPS), partial: 1 };
}

/** Every fault of a recorded training, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  {
    key: 'trainer',
    title: 'SIGKILL of the trainer in mid-epoch; resumed, or not resumed',
    work: 'loop',
    trials: 8,
    run: killTrainer,
  },
  {
    key: 'disk',
    title: 'full disk while the platform is away: a file system of 384 KiB, or NOEMA_SPOOL_BYTES',
    work: 'loop',
    trials: 8,
    run: fillDisk,
  },
  {
    key: 'network',
    title: 'network cut for 60 s in mid-epoch: connections refused, or everything sent is lost',
    work: 'loop',
    trials: 8,
    run: cutNetwork,
  },
  {
    key: 'loaders',
    title: 'shuffled and augmented loader; undisturbed, trainer killed, Ctrl+C in mid-epoch',
    work: 'loader',
    trials: 9,
    run: shuffleAndAugment,
  },
  {
    key: 'ranks',
    title: '2 ranks with a padded sampler; undisturbed, or a rank killed in mid-epoch and all resumed',
    work: 'ranks',
    trials: 6,
    run: killRank,
  },
  {
    key: 'platform',
    title: 'SIGKILL of the platform in mid-epoch; started again during the training, or after its end',
    work: 'loop',
    trials: 8,
    run: killPlatform,
  },
  {
    key: 'ranks-platform',
    title: '2 ranks with a padded sampler, SIGKILL of the platform in mid-epoch',
    work: 'ranks',
    trials: 3,
    run: killPlatformOfRanks,
  },
];
