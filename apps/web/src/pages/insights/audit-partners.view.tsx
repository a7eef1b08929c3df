import { Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Insight, InsightMember } from '@noema/contracts/noema/insights/v1/insight';
import { useInsightMembers } from '../../features/insights/insights.query.js';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import { links } from '../../parts/address/links.js';
import { splitName } from '../../parts/address/split.js';
import classes from './insights.module.css';

const MAX_PARTNERS = 8;

/** The other samples of the group of a sample, such as its copies. */
export function AuditPartnersView({
  insight,
  version,
  sample,
}: {
  insight: Insight;
  version: DatasetVersion;
  sample: InsightMember;
}) {
  const members = useInsightMembers(insight.id).data?.list ?? [];
  const partners = members
    .filter(({ group, row }) => group >= 0 && group === sample.group && row !== sample.row)
    .slice(0, MAX_PARTNERS);
  if (partners.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        Belongs together with
      </Text>
      <div className={classes.pair}>
        {partners.map((partner) =>
          partner.sample === undefined ? null : (
            <SampleCardView
              key={partner.row}
              datasetVersionId={version.id}
              sample={partner.sample}
              row={partner.row}
              evaluation={undefined}
              size={96}
              note={splitName(partner.sample.split)}
              to={links.sample(insight.projectId, insight.runId, partner.sample, { epoch: insight.epoch })}
            />
          ),
        )}
      </div>
    </div>
  );
}
