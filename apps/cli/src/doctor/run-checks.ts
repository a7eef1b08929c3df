import { asDomainError } from '@noema/kernel';
import { type Check, fail, type Finding } from './finding.js';

const TIMEOUT_MS = 15_000;

/** Runs all checks at once, each within its time. Never throws. Findings come in the order of the checks. */
export const runChecks = (checks: readonly Check[]): Promise<Finding[]> =>
  Promise.all(checks.map(async (check) => ({ check: check.name, ...(await runOne(check)) })));

async function runOne({ look, advice, timeoutMs = TIMEOUT_MS }: Check) {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs / 1000} s`));
      late.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([(async () => look(late.signal))(), timeout]);
  } catch (error) {
    return fail(formatReason(error), advice);
  } finally {
    clearTimeout(timer);
  }
}

/** The error and what caused it, without passwords of URLs. */
export function formatReason(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : asDomainError(error);
  const code = (error as { readonly code?: unknown } | null)?.code;
  const text = [
    message === '' && typeof code === 'string' ? code : message,
    ...(cause instanceof Error && cause.message !== '' ? [cause.message] : []),
  ].join(': ');
  return text.replaceAll(/(\w+:\/\/[^/:@\s]*):[^@\s]*@/g, '$1:[redacted]@').split('\n')[0] ?? '';
}
