import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { BaselineRule as Rule, type TestSuiteSchema } from '@noema/contracts/noema/quality/v1/test_suite';
import { formatEtag } from '../revision/revision.js';
import type { BaselineRule, TestSuite } from './test-suite.js';

const RULES: Readonly<Record<BaselineRule, Rule>> = {
  none: Rule.NONE,
  'previous-run': Rule.PREVIOUS_RUN,
  'fixed-run': Rule.FIXED_RUN,
};

/** Returns the rule of a message; no rule is `none`. */
export const toBaselineRule = (rule: Rule): BaselineRule =>
  (Object.keys(RULES) as BaselineRule[]).find((name) => RULES[name] === rule) ?? 'none';

export const testSuiteMessage = ({
  revision,
  testNames,
  baselineRule,
  createTime,
  updateTime,
  ...suite
}: TestSuite): MessageInitShape<typeof TestSuiteSchema> => ({
  ...suite,
  testNames: [...testNames],
  baselineRule: RULES[baselineRule],
  etag: formatEtag({ revision }),
  createTime: timestampFromDate(createTime),
  updateTime: timestampFromDate(updateTime),
});
