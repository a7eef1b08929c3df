import { BaselineRule, type TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { CommandContext } from '../commands/command-context.js';
import { runId } from '../commands/named-resource.js';
import type { Noema } from '../noema.js';

/** Flags of the option that makes a suite judge new versions. */
export const NEW_VERSIONS = '--new-versions [baseline]';
export const NEW_VERSIONS_HELP =
  'judge each run that succeeds from now on, against "previous" (the newest run of the same model before; default), ' +
  '"none", or a run by name or id';

/** Fields of a suite that say whether it judges new versions, and against which run. */
export type JudgingFields = Pick<TestSuite, 'runForNewVersions' | 'baselineRule' | 'baselineRunId'>;

/** Paths of `JudgingFields` in an update mask. */
export const JUDGING_PATHS = ['run_for_new_versions', 'baseline_rule', 'baseline_run_id'] as const;

/**
 * Reads the option: true without a baseline, false for `--no-new-versions`. Throws `not-found` NAME_NOT_FOUND for the
 * name of a run.
 */
export async function readNewVersions(
  context: CommandContext,
  noema: Noema,
  option: string | boolean,
): Promise<JudgingFields> {
  const fields = { runForNewVersions: option !== false, baselineRunId: '' };
  if (option === false || option === 'none') return { ...fields, baselineRule: BaselineRule.NONE };
  if (option === true || option === 'previous') return { ...fields, baselineRule: BaselineRule.PREVIOUS_RUN };
  return {
    ...fields,
    baselineRule: BaselineRule.FIXED_RUN,
    baselineRunId: await runId(context, noema, option),
  };
}
