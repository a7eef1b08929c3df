import { readFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

interface Row {
  readonly number: number;
  readonly fault: string;
  passed: number;
  failed: number;
  skipped: number;
  ms: number;
}

/** True when the run is limited to some files or one project: then rows that were not tried are no fault. */
const partial = process.argv
  .slice(2)
  .some(
    (argument, i, all) =>
      argument === '--project' ||
      (i > 0 && !argument.startsWith('-') && !['-c', '--config'].includes(all[i - 1]!)),
  );

/**
 * Prints what each row of docs/reliability.md came to and closes with `N passed, N failed`; a row that no
 * test proved has failed, when all were run.
 */
export default class FaultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const rows = new Map(readRows().map((row) => [row.number, row]));
    let failed = errors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        for (const [, number] of test.fullName.matchAll(/RELIABILITY (\d+): /g))
          count(rows.get(Number(number)), state, test.diagnostic()?.duration ?? 0);
      }
    }
    const all = [...rows.values()].filter((row) => !partial || row.passed + row.failed + row.skipped > 0);
    console.log(`\n row  tests passed failed skipped  seconds  fault`);
    for (const row of all) console.log(line(row));
    const unproved = all.filter((row) => row.passed === 0 && row.failed === 0);
    if (unproved.length > 0)
      console.log(`not proved by any test that ran: rows ${unproved.map((row) => row.number).join(', ')}`);
    const sum = (of: (row: Row) => number): number => all.reduce((total, row) => total + of(row), 0);
    failed += sum((row) => row.failed) + unproved.length;
    if (unproved.length > 0) process.exitCode = 1;
    console.log(`${all.length - unproved.length} of ${all.length} rows proved`);
    console.log(
      `${sum((row) => row.passed)} passed, ${failed} ` +
        `failed${sum((row) => row.skipped) > 0 ? `, ${sum((row) => row.skipped)} skipped` : ''}`,
    );
  }
}

function count(row: Row | undefined, state: string, ms: number): void {
  if (row === undefined) return;
  if (state === 'passed') row.passed++;
  else if (state === 'failed') row.failed++;
  else row.skipped++;
  row.ms += ms;
}

const readRows = (): Row[] =>
  readFileSync('docs/reliability.md', 'utf8')
    .split('\n')
    .flatMap((text) => {
      const found = /^\| (\d+) \| ([^|]+) \|/.exec(text);
      return found === null
        ? []
        : [{ number: Number(found[1]), fault: found[2]!.trim(), passed: 0, failed: 0, skipped: 0, ms: 0 }];
    });

function line({ number, fault, passed, failed, skipped, ms }: Row): string {
  const columns = [
    String(number).padStart(3),
    String(passed + failed + skipped).padStart(6),
    String(passed).padStart(6),
    String(failed).padStart(6),
    String(skipped).padStart(7),
    (ms / 1000).toFixed(1).padStart(8),
  ];
  return ` ${columns.join(' ')}  ${fault}`;
}
