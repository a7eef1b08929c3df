import { Tabs } from '@mantine/core';
import { JobsOfProjectView } from '../../features/jobs/jobs-of-run.view.js';
import { IssueListView } from '../../features/quality/issue-list.view.js';
import { SuiteListView } from '../../features/quality/suite-list.view.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { DatasetsSectionView } from './datasets-section.view.js';
import { IntegrationsSectionView } from './integrations-section.view.js';
import { ModelsSectionView } from './models-section.view.js';

const TABS = [
  { value: 'data', label: 'Data' },
  { value: 'models', label: 'Models' },
  { value: 'tests', label: 'Tests' },
  { value: 'issues', label: 'Issues' },
  { value: 'integrations', label: 'Integrations' },
  { value: 'jobs', label: 'Jobs' },
] as const;

/** Data, models, tests, issues, integrations and jobs of a project, a tab each; only the open one requests anything. */
export function ProjectTabsView({
  projectId,
  addData,
}: {
  projectId: string;
  /** Opens the dialog for new data. */
  addData: () => void;
}) {
  const [asked, setTab] = useAddressValue('tab', 'data');
  const tab = TABS.find(({ value }) => value === asked)?.value ?? 'data';
  return (
    <Tabs
      value={tab}
      onChange={(next) => {
        setTab(next ?? undefined);
      }}
      keepMounted={false}
      styles={{ panel: { paddingTop: 16 } }}
    >
      <Tabs.List aria-label="Parts of the project">
        {TABS.map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="data">
        <DatasetsSectionView projectId={projectId} add={addData} />
      </Tabs.Panel>
      <Tabs.Panel value="tests">
        <SuiteListView projectId={projectId} />
      </Tabs.Panel>
      <Tabs.Panel value="issues">
        <IssueListView projectId={projectId} />
      </Tabs.Panel>
      <Tabs.Panel value="models">
        <ModelsSectionView projectId={projectId} />
      </Tabs.Panel>
      <Tabs.Panel value="integrations">
        <IntegrationsSectionView projectId={projectId} />
      </Tabs.Panel>
      <Tabs.Panel value="jobs">
        <JobsOfProjectView projectId={projectId} />
      </Tabs.Panel>
    </Tabs>
  );
}
