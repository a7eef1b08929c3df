import { Button, Group, ScrollArea, Select, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { type ClassOrder, fillOrder, findOrderFaults, proposeOrder } from './class-order.js';

/**
 * A form in which a person states the class of the data that each number of an output stands for. It begins with
 * the classes that the names of the model propose.
 */
export function ClassOrderView({
  modelNames,
  classes,
  isPending,
  onState,
}: {
  readonly modelNames: readonly string[];
  readonly classes: readonly string[];
  readonly isPending: boolean;
  readonly onState: (classes: string[]) => void;
}) {
  const [order, setOrder] = useState<ClassOrder>(() => proposeOrder(modelNames, classes));
  const [tried, setTried] = useState(false);
  const faults = findOrderFaults(order);
  const open = order.filter((name) => name === null).length;
  return (
    // Errors need the contrast of the plain ground.
    <Stack gap="xs" p="xs" bg="var(--mantine-color-body)" role="group" aria-label="Order of the classes">
      <ScrollArea.Autosize mah={320} type="auto">
        <Table layout="fixed" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={modelNames.length === 0 ? 72 : '40%'}>
                {modelNames.length === 0 ? 'number' : 'class of the model'}
              </Table.Th>
              <Table.Th>class of the data</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {order.map((chosen, i) => (
              <Table.Tr key={i}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {i}
                  {modelNames[i] !== undefined && ` · ${modelNames[i]}`}
                </Table.Td>
                <Table.Td>
                  <Select
                    size="xs"
                    aria-label={`Class of number ${i}`}
                    placeholder="choose a class"
                    data={classes}
                    value={chosen}
                    searchable
                    clearable
                    error={chosen !== null || tried ? faults[i] : undefined}
                    onChange={(name) => {
                      setOrder((now) => now.map((one, at) => (at === i ? name : one)));
                    }}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Group justify="space-between" gap="sm">
        {open === 0 ? (
          <Text size="xs" c="dimmed">
            Makes a new model with the same weights, which has the names and the order of the data.
          </Text>
        ) : (
          <Button
            size="xs"
            variant="subtle"
            onClick={() => {
              setOrder((now) => fillOrder(now, classes));
            }}
          >
            Fill the rest in the order of the data
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          loading={isPending}
          onClick={() => {
            setTried(true);
            if (faults.every((fault) => fault === undefined)) onState(order.filter((name) => name !== null));
          }}
        >
          Use this order
        </Button>
      </Group>
    </Stack>
  );
}
