import { Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Insight, InsightMember } from '@noema/contracts/noema/insights/v1/insight';
import { useInsightMembers } from '../../features/insights/insights.query.js';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import { links } from '../../parts/address/links.js';
import { splitName } from '../../parts/address/split.js';
import { AuditPicturesView } from './audit-picture.view.js';
import classes from './insights.module.css';

const MAX_PARTNERS = 8;

/** A sample next to the first other one of its group, such as its copy, and the rest of the group below. */
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
  const [first, ...others] = members.filter(
    ({ group, row }) => group >= 0 && group === sample.group && row !== sample.row,
  );
  return (
    <>
      <AuditPicturesView version={version} samples={first === undefined ? [sample] : [sample, first]} />
      {others.length > 0 && (
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            Also in this group
          </Text>
          <div className={classes.pair}>
            {others.slice(0, MAX_PARTNERS).map((partner) =>
              partner.sample === undefined ? null : (
                <SampleCardView
                  key={partner.row}
                  datasetVersionId={version.id}
                  sample={partner.sample}
                  row={partner.row}
                  evaluation={undefined}
                  size={72}
                  note={splitName(partner.sample.split)}
                  to={links.sample(insight.projectId, insight.runId, partner.sample, {
                    epoch: insight.epoch,
                  })}
                />
              ),
            )}
          </div>
        </div>
      )}
    </>
  );
}
