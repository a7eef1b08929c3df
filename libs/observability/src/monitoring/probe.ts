import { asDomainError } from '@noema/kernel';

/** One condition of a process. `check` throws if it does not hold. */
export interface Probe {
  readonly name: string;
  readonly check: () => void | Promise<void>;
}

/** Results of the probes by name: `ok`, or the reason. */
export interface ProbeReport {
  readonly passed: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** Timeout of a probe. */
const PROBE_MS = 2_000;

/** Runs all probes concurrently. Reports the reasons of DomainErrors, but not the text of other errors. */
export async function askProbes(probes: readonly Probe[]): Promise<ProbeReport> {
  const answers = await Promise.all(probes.map(async (probe) => [probe.name, await ask(probe)] as const));
  return { passed: answers.every(([, answer]) => answer === 'ok'), checks: Object.fromEntries(answers) };
}

async function ask({ check }: Probe): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`no answer within ${PROBE_MS} ms`);
    }, PROBE_MS);
  });
  try {
    return await Promise.race([Promise.resolve(check()).then(() => 'ok'), late]);
  } catch (error) {
    const { kind, reason, message } = asDomainError(error);
    return kind === 'internal' ? reason : `${reason}: ${message}`;
  } finally {
    clearTimeout(timer);
  }
}
