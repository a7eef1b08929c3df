import { Table, Text } from '@mantine/core';
import type {
  ManifestProposal,
  ProposedSample,
  ProposedVisual,
} from '@noema/contracts/noema/datasets/v1/manifest_proposal';
import { ColumnRole } from '@noema/contracts/noema/datasets/v1/integration';
import { splitName } from '../../parts/address/split.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { readVisual, toSnippet } from '../sample/visual.js';
import styles from './new-data.module.css';

/** Cells of a row before it is too wide to be read. */
const MAX_CELLS = 8;

/** Some samples as the manifest makes them: how each is shown, its split, and its values. */
export function SampleRowsView({ proposal, stale }: { proposal: ManifestProposal; stale: boolean }) {
  const { columns, samples } = proposal;
  const shown = columns
    .map((column, at) => ({ ...column, at }))
    .filter(({ kind, role }) => kind !== 'picture' && kind !== 'numbers' && role !== ColumnRole.UNUSED)
    .slice(0, MAX_CELLS);
  return (
    <DataTableView minWidth={480} maxHeight={320} stale={stale} label="Samples">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>sample</Table.Th>
          <Table.Th>split</Table.Th>
          {shown.map(({ name }) => (
            <Table.Th data-verbatim key={name}>
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {samples.map((sample) => (
          <Table.Tr key={`${splitName(sample.split)}/${sample.sampleId}`}>
            <Table.Td>
              <SampleView sample={sample} />
            </Table.Td>
            <Table.Td>{splitName(sample.split)}</Table.Td>
            {sample.fault === undefined ? (
              shown.map(({ name, at }) => (
                <Table.Td key={name} className={styles['cell']} title={sample.cells[at]}>
                  {sample.cells[at]}
                </Table.Td>
              ))
            ) : (
              <Table.Td colSpan={shown.length} c="red">
                {sample.fault.message}
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}

function SampleView({ sample: { sampleId, visuals } }: { sample: ProposedSample }) {
  const [visual] = visuals;
  if (visual?.mediaType === 'image/png')
    return <img className={styles['thumbnail']} src={dataUrl(visual)} alt={`Sample ${sampleId}`} />;
  const text = visual === undefined ? '' : readText(visual);
  return (
    <Text size="xs" className={styles['cell']} title={text || sampleId}>
      {text || sampleId}
    </Text>
  );
}

/** The beginning of a text or of a series; nothing for a table, whose values stand in the row. */
function readText({ mediaType, content }: ProposedVisual): string {
  try {
    const visual = readVisual(mediaType, content);
    return visual.kind === 'table' ? '' : toSnippet(visual);
  } catch {
    return '';
  }
}

const dataUrl = ({ content }: ProposedVisual): string =>
  `data:image/png;base64,${btoa(Array.from(content, (byte) => String.fromCharCode(byte)).join(''))}`;
