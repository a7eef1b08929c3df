import { Anchor, Table, Text, VisuallyHidden } from '@mantine/core';
import { ColumnType, type DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { JsonValue } from '@bufbuild/protobuf';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, value } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { splitName } from '../../parts/address/split.js';
import { ThumbnailView } from '../../features/sample/thumbnail.view.js';

/** Metadata columns that fit into the table. */
const COLUMNS = 8;

/** Samples with their pictures, labels and metadata; they lead to what the run of that id made of them. */
export function SampleTableView({
  version,
  runId,
  samples,
  dimmed,
}: {
  version: DatasetVersion;
  runId: string | undefined;
  samples: readonly Sample[];
  dimmed: boolean;
}) {
  const shown = version.metadataColumns.slice(0, COLUMNS);
  return (
    <DataTableView minWidth={420 + 120 * shown.length} stale={dimmed} label="Samples">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={72}>
            <VisuallyHidden>picture</VisuallyHidden>
          </Table.Th>
          <Table.Th w={80} ta="right">
            row
          </Table.Th>
          <Table.Th>sample</Table.Th>
          <Table.Th w={110}>split</Table.Th>
          <Table.Th>class</Table.Th>
          {shown.map(({ name, type }) => (
            <Table.Th
              key={name}
              data-verbatim
              ta={chooseSide(type)}
              w={150}
              maw={180}
              style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
            >
              <span title={name}>{plainName(name)}</span>
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {samples.map((sample) => (
          <Table.Tr key={sample.row}>
            <Table.Td>
              {sample.ref !== undefined && (
                <ThumbnailView
                  datasetVersionId={version.id}
                  sample={sample.ref}
                  row={sample.row}
                  size={40}
                  alt=""
                />
              )}
            </Table.Td>
            <Table.Td ta="right" c="dimmed">
              {count(sample.row)}
            </Table.Td>
            <Table.Td maw={220}>
              {sample.ref === undefined || runId === undefined ? (
                <CutView text={sample.ref?.sampleId ?? ''} />
              ) : (
                <Anchor
                  component={Link}
                  to={links.sample(version.projectId, runId, sample.ref)}
                  size="sm"
                  display="block"
                  truncate
                  title={sample.ref.sampleId}
                >
                  {sample.ref.sampleId}
                </Anchor>
              )}
            </Table.Td>
            <Table.Td c="dimmed">{sample.ref === undefined ? '' : splitName(sample.ref.split)}</Table.Td>
            <Table.Td maw={220}>
              {sample.className === '' ? (
                <Text size="sm" c="dimmed">
                  none
                </Text>
              ) : (
                <CutView text={sample.className} fw={500} />
              )}
            </Table.Td>
            {shown.map(({ name, type }) => (
              <Table.Td key={name} ta={chooseSide(type)} maw={180}>
                <CutView text={metadataText(sample.metadata?.[name])} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}

/** Numbers stand under each other, text begins at the left. */
const chooseSide = (type: ColumnType): 'left' | 'right' => (type === ColumnType.NUMBER ? 'right' : 'left');

/** A metadata value as people read it. */
function metadataText(data: JsonValue | undefined): string {
  if (data === undefined || data === null) return '–';
  if (typeof data === 'number') return value(data);
  if (typeof data === 'boolean') return data ? 'yes' : 'no';
  return typeof data === 'string' ? data : JSON.stringify(data);
}
