import { asDomainError } from '@noema/kernel';

/** One condition of a process; `check` throws when it does not hold. */
export interface Probe {
  readonly name: string;
  readonly check: () => void | Promise<void>;
}

/** What the probes said: `ok`, or why not, by name. */
export interface ProbeReport {
  readonly passed: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** How long a probe may take; one that takes longer has failed. */
const PROBE_MS = 2_000;

/** Asks all probes at once. Reasons are those of DomainErrors; the text of any other error is not told. */
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
