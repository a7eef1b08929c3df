import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant, Figures, Row, Saved } from '../row.js';
import { waitForQuiet } from './quiet.machine.js';
import { type ContestantResult, medianFigures } from './result.js';
import { type Command, SideProcess } from './side.process.js';
import type { Turn } from './turn.meter.js';

/** Context of a contest in addition to the row. */
export interface ContestSetup {
  readonly rounds: number;
  readonly threads: number;
  readonly toCommand: (contestant: Contestant) => Command | { readonly missing: string };
  readonly saved: Omit<Saved, 'folders'>;
  readonly print: (line: string) => void;
}

const TURN_LIMIT_S = 900;

interface Running {
  readonly contestant: Contestant;
  readonly folder: string;
  side?: SideProcess;
  missing?: string;
  readonly turns: Turn[];
  readonly own: Figures[];
}

/**
 * Everybody of a row starts, loads and warms up; then in every round each does the work once, one after
 * another in alternating order and each on a machine that has nothing else to do, so that a busy moment of
 * the machine meets all of them; then what they made is judged. A failure is reported with the reason, and
 * the others go on.
 */
export async function contest(row: Row, setup: ContestSetup): Promise<ContestantResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'noema-bench-'));
  const all = row.contestants.map(
    (contestant, i): Running => ({ contestant, folder: join(folder, String(i)), turns: [], own: [] }),
  );
  const killAll = (): void => {
    for (const { side } of all) side?.kill();
  };
  process.once('exit', killAll);
  try {
    for (const running of all) await start(running, setup);
    for (let round = 0; round < setup.rounds; round++) {
      // The place in a round has an effect of its own.
      for (const running of round % 2 === 0 ? all : all.toReversed())
        await turn(running, row.turnLimitS ?? TURN_LIMIT_S, setup.print);
      await judge(row, all, setup);
    }
    return all.map(
      ({ contestant: { name, side }, missing, turns, own, side: process }): ContestantResult => ({
        name,
        side,
        ...(missing === undefined ? {} : { missing }),
        turns,
        figures: medianFigures(own),
        rounds: own,
        versions: process?.versions ?? {},
      }),
    );
  } finally {
    for (const { side } of all) await side?.stop();
    process.off('exit', killAll);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(running: Running, { toCommand, threads, print }: ContestSetup): Promise<void> {
  const { contestant } = running;
  const command = toCommand(contestant);
  const missing = contestant.missing?.() ?? ('missing' in command ? command.missing : undefined);
  await attempt(running, print, async () => {
    if (missing !== undefined) throw new Error(missing);
    running.side = await SideProcess.start(command as Command, threads);
  });
}

async function turn(running: Running, limitS: number, print: (line: string) => void): Promise<void> {
  if (running.missing !== undefined) return;
  await attempt(running, print, async () => {
    if (running.contestant.side === 'ours') await running.side!.begin();
    await waitForQuiet();
    const done = await running.side!.turn(limitS);
    mkdirSync(running.folder, { recursive: true });
    running.own.push(await running.side!.save(running.folder));
    running.turns.push(done);
    print(`${running.contestant.name.padEnd(34)} ${done.wallSeconds.toFixed(3)} s`);
  });
}

async function judge(
  { judge: by }: Row,
  all: readonly Running[],
  { saved, print }: ContestSetup,
): Promise<void> {
  const here = all.filter(({ missing }) => missing === undefined);
  if (by === undefined || here.length === 0) return;
  try {
    const figures = await by({
      ...saved,
      folders: new Map(here.map(({ contestant, folder }) => [contestant.name, folder])),
    });
    for (const { contestant, own } of here) own.push({ ...own.pop(), ...figures.get(contestant.name) });
  } catch (error) {
    print(`the quality could not be measured: ${(error as Error).message}`);
  }
}

async function attempt(
  running: Running,
  print: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    running.missing = (error as Error).message;
    print(`${running.contestant.name}: ${running.missing}`);
  }
}
