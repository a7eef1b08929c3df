import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The script of all trainings, which also checks what the platform has of them. */
export const SCRIPT = fileURLToPath(new URL('../../../python/recorded_trial.py', import.meta.url));

/** A training of `recorded_trial.py`, which waits at its gates. */
export class TrainingProcess {
  private output = '';
  private readonly gates: string[] = [];
  private readonly waiting: ((gate: string) => void)[] = [];
  private readonly ended: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    child.stderr!.on('data', (text: Buffer) => {
      this.output += text.toString();
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.output += `${line}\n`;
      const gate = /^at (\w+)$/.exec(line)?.[1];
      if (gate === undefined) return;
      const next = this.waiting.shift();
      if (next === undefined) this.gates.push(gate);
      else next(gate);
    });
  }

  static start(
    python: string,
    folder: string,
    env: NodeJS.ProcessEnv,
    args: readonly string[],
  ): TrainingProcess {
    return new TrainingProcess(
      spawn(python, [SCRIPT, ...args], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] }),
    );
  }

  /** Waits until the training stands at its next gate. Throws if it ends before. */
  async gate(): Promise<string> {
    const known = this.gates.shift();
    if (known !== undefined) return known;
    const arrived = new Promise<string>((resolve) => {
      this.waiting.push(resolve);
    });
    const gate = await Promise.race([arrived, this.ended.then(() => undefined)]);
    if (gate === undefined) throw new Error(`the training ended before its gate: ${this.tail()}`);
    return gate;
  }

  /** Lets the training go on. */
  go(): void {
    this.child.stdin!.write('go\n');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Waits until the training has ended by itself, and returns what it printed. Throws if it failed. */
  async end(): Promise<string> {
    const [code, signal] = await this.ended;
    if (code !== 0) throw new Error(`the training ended with ${String(code ?? signal)}: ${this.tail()}`);
    return this.output;
  }

  private tail(): string {
    return this.output.slice(-1_500);
  }
}
