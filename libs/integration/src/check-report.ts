import type { HandlerRole } from './handler.js';
import type { EncodedSpec } from './sample-spec.js';
import type { SplitName } from './sample.js';

/** A fault, at the first sample that shows it. */
export interface HandlerFault {
  readonly reason: string;
  readonly message: string;
  readonly sample?: { readonly split: SplitName; readonly id: string };
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Number of checked samples with the same reason at the same position; 0 for a fault that does not belong
   * to a sample.
   */
  readonly samples: number;
}

/** Result of checking one handler. */
export interface HandlerReport {
  readonly role: HandlerRole;
  readonly name: string;
  readonly spec?: EncodedSpec;
  /** Description of the returned value, such as `float32[28, 28, 1] from 0 to 1`. */
  readonly returned: string;
  /** Number of calls. */
  readonly checked: number;
  /** Mean time of a call, in milliseconds. */
  readonly milliseconds: number;
  /** Distinct faults, at most 20. */
  readonly faults: readonly HandlerFault[];
}

/** Result of `checkIntegration`. */
export interface IntegrationReport {
  readonly passed: boolean;
  readonly handlers: readonly HandlerReport[];
  readonly splitCounts: Readonly<Partial<Record<SplitName, number>>>;
  readonly classNames: readonly string[];
  readonly summary: string;
}

/** Maximum padding of a column. Longer texts exceed it. */
const MAX_PADDED = 48;
const also = (others: number): string =>
  others < 1 ? '' : `, and ${others} ${others === 1 ? 'sample' : 'samples'} more`;

/** Formats the report: one line per split and handler, then one line per fault with its position. */
export function formatReport(report: IntegrationReport): string {
  const splits = Object.entries(report.splitCounts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  const widest = (text: (h: HandlerReport) => string): number =>
    Math.min(MAX_PADDED, Math.max(0, ...report.handlers.map((h) => text(h).length)));
  const [role, name, returned] = [widest((h) => h.role), widest((h) => h.name), widest((h) => h.returned)];
  const lines = report.handlers.map(
    (h) =>
      `${h.faults.length === 0 ? '✓' : '✗'} ${h.role.padEnd(role)}  ${h.name.padEnd(name)}  ` +
      `${h.returned.padEnd(returned)}  ${h.milliseconds.toFixed(2).padStart(9)} ms × ${h.checked}`,
  );
  const faults = report.handlers.flatMap((h) =>
    h.faults.map((f) => `  ${f.reason}: ${f.message}${also(f.samples - 1)}`),
  );
  return [`splits: ${splits}`, ...lines, ...faults, report.summary].join('\n');
}
