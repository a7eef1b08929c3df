import { Menu } from '@mantine/core';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import { junitReport, markdownReport, type ReportedResult } from '@noema/judging/reports';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { JudgedVersion } from '../../features/quality/judged-versions.js';
import { useSuiteActions } from '../../features/quality/suites.query.js';
import { readVerdict } from '../../features/quality/verdicts.js';
import { links } from '../../parts/address/links.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { MoreActionsView, RenameAndDeleteItemsView } from '../../parts/more-actions.view.js';
import { RenameDialogView } from '../../parts/rename-dialog.view.js';
import { useRights } from '../../parts/role.query.js';
import { saveFile } from '../../parts/save.js';

export const NAME_RULE = '1 to 120 characters, unlike the other suites of the project.';

/** Saves the results of a suite as a file, renames and deletes it. */
export function SuiteActionsView({
  suite,
  newest,
  runName,
}: {
  suite: TestSuite;
  newest: JudgedVersion | undefined;
  runName: (runId: string) => string;
}) {
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const { update, remove } = useSuiteActions(suite.projectId);
  const [open, setOpen] = useState<'rename' | 'delete'>();
  const close = (): void => {
    setOpen(undefined);
  };
  const save = (kind: 'junit' | 'markdown') => (): void => {
    if (newest === undefined) return;
    const results = suite.testNames.map((name): ReportedResult => {
      const result = newest.results.get(name);
      const verdict = readVerdict(result);
      // A report that left a test out would look as if all tests had a verdict.
      if (result === undefined || verdict === 'unjudged' || result.outdated)
        return { name, verdict: 'undecided', n: 0, summary: 'undecided: the present test was not judged' };
      return { name, verdict, n: Number(result.n), summary: result.reason };
    });
    const context = {
      file: suite.displayName,
      run: `${runName(newest.runId)}, epoch ${newest.epoch}`,
      baseline: newest.baselineRunId === '' ? undefined : runName(newest.baselineRunId),
      link: window.location.origin + links.population(suite.projectId, newest.runId, { epoch: newest.epoch }),
    };
    const [text, suffix, type] =
      kind === 'junit'
        ? [junitReport(results, context), 'junit.xml', 'application/xml']
        : [markdownReport(results, context), 'md', 'text/markdown'];
    saveFile(`${suite.displayName}.${suffix}`, new Blob([text], { type: `${type};charset=utf-8` }));
  };
  return (
    <>
      <MoreActionsView>
        <Menu.Label>Results of the newest version</Menu.Label>
        <Menu.Item
          leftSection={<IconDownload size={16} />}
          disabled={newest === undefined}
          onClick={save('junit')}
        >
          Save as JUnit
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDownload size={16} />}
          disabled={newest === undefined}
          onClick={save('markdown')}
        >
          Save as Markdown
        </Menu.Item>
        <Menu.Divider />
        <RenameAndDeleteItemsView off={noEdit !== undefined} onOpen={setOpen} />
      </MoreActionsView>
      {open === 'rename' && (
        <RenameDialogView
          title="Rename the suite"
          name={suite.displayName}
          rule={NAME_RULE}
          onClose={close}
          act={(displayName) => update(suite, { displayName })}
        />
      )}
      <ConfirmView
        opened={open === 'delete'}
        onClose={close}
        title={`Delete ${suite.displayName}?`}
        verb="Delete it"
        act={async () => {
          await remove(suite.id);
          await navigate(links.tests(suite.projectId));
        }}
      >
        The suite and its results are deleted for all members of the team. Issues about its results become
        issues of the project.
      </ConfirmView>
    </>
  );
}
