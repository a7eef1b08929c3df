import { Anchor, CloseButton, Group, Stack, Text, Title } from '@mantine/core';
import type { ModelVersion } from '@noema/contracts/noema/training/v1/model';
import { Fragment } from 'react';
import { Link } from 'react-router-dom';
import { ALL_UNITS, links } from '../../parts/address/links.js';
import { count, counted, shape } from '../../parts/numbers.js';
import type { GraphLayer } from './layer-graph.js';
import { LayerWeightsView } from './layer-weights.view.js';
import classes from './model-card.module.css';

export interface LayerDetail {
  readonly layer: GraphLayer;
  readonly projectId: string;
  /** The version whose layers are shown. */
  readonly version: ModelVersion;
  /** All versions of the model. */
  readonly versions: readonly ModelVersion[];
  /** Names of the layers that read it. */
  readonly readers: readonly string[];
  readonly choose: (name: string | undefined) => void;
}

/** One layer: what it reads and who reads it, its settings, the distribution of its weights by version. */
export function LayerDetailView({ layer, projectId, version, versions, readers, choose }: LayerDetail) {
  const settings = Object.entries(layer.config ?? {}).filter(
    ([name, value]) => name !== 'name' && isShown(value),
  );
  return (
    <section className={classes.detail} aria-label={`Layer ${layer.name}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={3} size="h4">
            {layer.name}
          </Title>
          <CloseButton
            size="sm"
            aria-label="Close the layer"
            onClick={() => {
              choose(undefined);
            }}
          />
        </Group>
        <Text size="sm" c="dimmed">
          {layer.isBlock === true ? 'output of a block' : layer.kind} · {shape(layer.outputDims)} ·{' '}
          {counted(layer.parameterCount, 'parameter')}
        </Text>
        {layer.unitCount > 0 && (
          <Text size="sm">
            {version.runId === '' ? (
              counted(layer.unitCount, 'learned unit')
            ) : (
              <Anchor
                component={Link}
                to={links.unit(
                  projectId,
                  version.runId,
                  { layer: layer.name, unit: ALL_UNITS },
                  { epoch: version.epoch },
                )}
                size="sm"
              >
                {count(layer.unitCount)} units
              </Anchor>
            )}
          </Text>
        )}
        <NamesView title="reads" names={layer.inputs} choose={choose} />
        <NamesView title="read by" names={readers} choose={choose} />
        {settings.length > 0 && (
          <Text size="xs" c="dimmed">
            {settings.map(([name, value]) => `${name} ${settingText(value)}`).join(' · ')}
          </Text>
        )}
        {layer.parameterCount > 0 && (
          <LayerWeightsView layer={layer.name} version={version} versions={versions} />
        )}
      </Stack>
    </section>
  );
}

function NamesView({
  title,
  names,
  choose,
}: {
  title: string;
  names: readonly string[];
  choose: (name: string) => void;
}) {
  if (names.length === 0) return null;
  return (
    <Text size="sm">
      <Text span c="dimmed" size="sm">
        {title}{' '}
      </Text>
      {names.map((name, at) => (
        <Fragment key={name}>
          {at > 0 && ', '}
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => {
              choose(name);
            }}
          >
            {name}
          </Anchor>
        </Fragment>
      ))}
    </Text>
  );
}

/** Absent settings are not shown. */
const isShown = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

/** Longer settings are cut: a nested layer has a page of them. */
const MAX_SETTING = 120;
function settingText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_SETTING ? `${text.slice(0, MAX_SETTING)}…` : text;
}
