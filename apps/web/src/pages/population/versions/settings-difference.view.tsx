import { Table, Text } from '@mantine/core';
import type { DifferingSetting } from '@noema/evaluation';
import { Fragment } from 'react';

/** The settings of the runs that differ between two versions. */
export function SettingsDifferenceView({ settings }: { readonly settings: readonly DifferingSetting[] }) {
  return (
    <div>
      <Text size="xs" fw={600} mb={4}>
        Settings that differ
      </Text>
      {settings.length === 0 ? (
        <Text size="xs" c="dimmed">
          None: both versions are of one run, or of runs with the same settings.
        </Text>
      ) : (
        <Table
          fz="xs"
          layout="fixed"
          horizontalSpacing={4}
          verticalSpacing={3}
          style={{ overflowWrap: 'anywhere' }}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="46%">Setting</Table.Th>
              <Table.Th>A</Table.Th>
              <Table.Th>B</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {settings.map(({ name, before, now }) => (
              <Table.Tr key={name}>
                <Table.Th fw={400}>
                  {name.split('.').map((part, at) => (
                    <Fragment key={at}>
                      {at > 0 && (
                        <>
                          .<wbr />
                        </>
                      )}
                      {part}
                    </Fragment>
                  ))}
                </Table.Th>
                <Table.Td>{before ?? 'not set'}</Table.Td>
                <Table.Td>{now ?? 'not set'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}
