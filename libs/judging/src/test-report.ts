import type { TestResult, Verdict } from '@noema/evaluation';

/** Fields of a result that a report has. */
export type ReportedResult = Pick<TestResult, 'name' | 'verdict' | 'n' | 'summary'>;

/** The versions that were tested. */
export interface ReportContext {
  readonly file: string;
  readonly run: string;
  readonly baseline: string | undefined;
  /** Address of the map of the run. */
  readonly link: string;
}

/** 1 when a test failed, else 2 when one is undecided, else 0. */
export function verdictCode(results: readonly ReportedResult[]): 0 | 1 | 2 {
  const has = (verdict: Verdict): boolean => results.some((result) => result.verdict === verdict);
  return has('fail') ? 1 : has('undecided') ? 2 : 0;
}

export const countVerdicts = (results: readonly ReportedResult[]): Readonly<Record<Verdict, number>> => {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  return { pass: count('pass'), fail: count('fail'), undecided: count('undecided') };
};

/** JUnit XML: an undecided test is skipped, with the reason. */
export function junitReport(results: readonly ReportedResult[], { file, run, link }: ReportContext): string {
  const { fail, undecided } = countVerdicts(results);
  const counts = `tests="${results.length}" failures="${fail}" errors="0" skipped="${undecided}"`;
  const cases = results.map((result) => {
    const head = `    <testcase classname="${escapeXml(run)}" name="${escapeXml(result.name)}">`;
    const message = `message="${escapeXml(result.summary)}"`;
    if (result.verdict === 'fail')
      return `${head}<failure ${message}>${escapeXml(link)}</failure></testcase>`;
    if (result.verdict === 'undecided') return `${head}<skipped ${message}/></testcase>`;
    return `${head}<system-out>${escapeXml(result.summary)}</system-out></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(file)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** A table for a pull request, with a link for each test that failed. */
export function markdownReport(
  results: readonly ReportedResult[],
  { run, baseline, link }: ReportContext,
): string {
  const { pass, fail, undecided } = countVerdicts(results);
  const versions = escapeMarkdown(baseline === undefined ? run : `${run} against ${baseline}`);
  return [
    `### Noema: ${pass} passed, ${fail} failed, ${undecided} undecided`,
    '',
    `${versions}`,
    '',
    '| test | verdict | n | result |',
    '|---|---|---|---|',
    ...results.map(({ name, verdict, n, summary }) => {
      const shown = verdict === 'fail' ? `[**fail**](${link})` : verdict;
      return `| ${escapeMarkdown(name)} | ${shown} | ${n} | ${escapeMarkdown(summary)} |`;
    }),
    '',
  ].join('\n');
}

/** Escapes markup, and leaves out control characters, which XML 1.0 cannot hold. */
const escapeXml = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll(/[&<>"\n\t]/g, (character) => `&#${character.codePointAt(0)!};`);

const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>|#!]/g, (character) => `\\${character}`).replaceAll(/\s+/g, ' ');
