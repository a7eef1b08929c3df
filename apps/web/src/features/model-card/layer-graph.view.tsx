import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import type { Layer, WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { counted } from '../../parts/numbers.js';
import { type GraphLayer, graphLayers, graphRows, layerGroups, rowLanes } from './layer-graph.js';
import { LayerDetailView, type LayerDetail } from './layer-detail.view.js';
import { LayerRowsView } from './layer-rows.view.js';
import classes from './model-card.module.css';

/** Number of layers up to which all are shown at first. */
const MAX_EXPANDED = 30;
/** Rows that are drawn at once. */
const MAX_ROWS = 500;

export interface LayerGraph extends Omit<LayerDetail, 'layer' | 'readers' | 'choose'> {
  readonly layers: readonly Layer[];
  readonly blocks: readonly Layer[];
  /** Layers whose responses runs record unless they name others; empty for all learned layers. */
  readonly recorded: readonly string[];
  readonly weights: readonly WeightStatistics[] | undefined;
}

/** The layers of a model as a graph from top to bottom: branches side by side, blocks collapsed, a search. */
export function LayerGraphView({ layers, blocks, recorded, weights, ...detail }: LayerGraph) {
  const graph = useMemo(() => graphLayers(layers, blocks), [layers, blocks]);
  const groups = useMemo(() => layerGroups(graph), [graph]);
  const keys = groups.filter(({ length }) => length > 1).map((group) => group.at(-1)!.name);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [startsOpen, setStartsOpen] = useState(graph.length <= MAX_EXPANDED);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<string>();
  const isOpen = (key: string): boolean => toggled.has(key) !== startsOpen;
  const wanted = search.trim().toLowerCase();
  const matches = graph.filter(({ name, kind }) => `${name} ${kind}`.toLowerCase().includes(wanted));
  const rows =
    wanted === ''
      ? graphRows(groups, isOpen)
      : matches.map((layer) => ({ key: layer.name, layers: [layer] }));
  const isRecorded = useMemo(() => recordedLayers(graph, blocks, recorded), [graph, blocks, recorded]);
  const layer = graph.find(({ name }) => name === chosen);
  const setAll = (open: boolean): void => {
    setStartsOpen(open);
    setToggled(new Set());
  };
  return (
    <>
      <Group px="md" pb="sm" gap="sm">
        <TextInput
          size="xs"
          w={260}
          aria-label="Search the layers"
          placeholder="Name or kind of a layer"
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
          rightSection={
            search !== '' && (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label="Clear the search"
                onClick={() => {
                  setSearch('');
                }}
              >
                <IconX size={14} />
              </ActionIcon>
            )
          }
        />
        {keys.length > 0 && wanted === '' && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setAll(!keys.every(isOpen));
            }}
          >
            {keys.every(isOpen) ? 'Collapse' : 'Expand'} {counted(keys.length, 'block')}
          </Button>
        )}
        <Text size="xs" c="dimmed" role="status">
          {wanted === ''
            ? 'Filled dots: layers whose responses runs record by default'
            : `${counted(matches.length, 'layer')} with “${search.trim()}”`}
        </Text>
      </Group>
      <div className={classes.layout} data-detail={layer === undefined ? undefined : true}>
        <LayerRowsView
          rows={rows.slice(0, MAX_ROWS)}
          lanes={wanted === '' ? rowLanes(rows).slice(0, MAX_ROWS) : undefined}
          weights={weights}
          isRecorded={isRecorded}
          chosen={chosen}
          choose={(name) => {
            setChosen(name === chosen ? undefined : name);
          }}
          isOpen={isOpen}
          toggle={(key) => {
            setToggled(
              (now) => new Set(now.has(key) ? [...now].filter((one) => one !== key) : [...now, key]),
            );
          }}
        />
        {layer !== undefined && (
          <LayerDetailView
            {...detail}
            layer={layer}
            readers={graph.filter(({ inputs }) => inputs.includes(layer.name)).map(({ name }) => name)}
            choose={setChosen}
          />
        )}
      </div>
      {rows.length > MAX_ROWS && (
        <Text size="xs" c="dimmed" px="md" py="xs">
          The first {MAX_ROWS} of {counted(rows.length, 'row')}; search for the others.
        </Text>
      )}
    </>
  );
}

/** Names of the layers whose responses are recorded, blocks by the layer whose output they are. */
function recordedLayers(
  graph: readonly GraphLayer[],
  blocks: readonly Layer[],
  recorded: readonly string[],
): ReadonlySet<string> {
  if (recorded.length === 0)
    return new Set(
      graph.filter(({ unitCount, isBlock }) => unitCount > 0 && isBlock !== true).map(({ name }) => name),
    );
  const drawn = new Set(graph.map(({ name }) => name));
  const byBlock = new Map(blocks.map(({ name, inputs: [output] }) => [name, output]));
  return new Set(recorded.flatMap((name) => (drawn.has(name) ? name : (byBlock.get(name) ?? []))));
}
