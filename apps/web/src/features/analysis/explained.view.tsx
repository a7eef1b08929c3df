import { Badge, Group, Paper, Select, Stack, Tabs, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { FaultView } from '../../parts/fault.view.js';
import { useMethods } from '../../parts/methods.query.js';
import { percent, value } from '../../parts/numbers.js';
import { SanityBadgeView } from './sanity-badge.view.js';
import { type SamplePlace, useAddressValue } from '../sample/sample-address.state.js';
import { usePerception } from '../runs/perception.query.js';
import type { AnalysisRequest } from './analysis.query.js';
import { HeatControlsView } from './heat-controls.view.js';
import { useHeatMapLook } from './heat-map-style.state.js';
import { MethodPickerView } from './method-picker.view.js';
import { drawsAtLayer, fallbackSentence, listMethods, type Method } from './methods.js';
import { isAnnotated } from '../sample/visual-sheet.js';
import { StrongestUnitsView } from './strongest-units.view.js';
import styles from './target-panel.module.css';
import { TargetPanelView } from './target-panel.view.js';
import { explainedClasses, findCompanion, listMaps, mostFaithful, type Target } from './targets.js';

interface Props {
  analysis: Analysis;
  version: DatasetVersion;
  place: SamplePlace;
  busy: boolean;
  fault: unknown;
  analyse: (settings: AnalysisRequest) => void;
}

const MAX_TABS = 12;
/** Value of the address that shows one target alone. */
const NOTHING = 'none';

/**
 * The results of an analysis: a tab for each class and one for the loss, the prediction and the label side by
 * side, and the units that matter.
 */
export function ExplainedView({ analysis, version, place, busy, fault, analyse }: Props) {
  const explainers = useMethods('explanations', 'explainer');
  const classes = explainedClasses(analysis);
  const [classText, setClass] = useAddressValue('class');
  const [versusText, setVersus] = useAddressValue('versus');
  const [algorithmKey, setAlgorithm] = useAddressValue('algorithm');
  const [layer, setLayer] = useAddressValue('layer');
  const [look, changeLook] = useHeatMapLook();
  const layers = usePerception(place.projectId, place.runId, analysis.epoch).data?.sets[0]?.layers ?? [];
  const hasLoss = listMaps(analysis, 'loss').length > 0;
  const target: Target =
    classText === 'loss' && hasLoss
      ? 'loss'
      : (classes.find(({ index }) => String(index) === classText)?.index ?? classes[0]?.index ?? 'loss');
  const explained: readonly Target[] = [
    ...classes.map(({ index }) => index),
    ...(hasLoss ? (['loss'] as const) : []),
  ];
  const others = explained.filter((one) => one !== target);
  const versus =
    versusText === NOTHING
      ? undefined
      : (others.find((one) => String(one) === versusText) ??
        findCompanion(target, {
          predicted: analysis.predictedClass,
          label: analysis.trueClass,
          explained,
        }));
  const isNumbers = analysis.predictions.length > 0;
  const name = (index: number): string =>
    isNumbers
      ? (classes.find((one) => one.index === index)?.name ?? 'the prediction')
      : (version.classNames[index] ?? String(index));
  const shown = mostFaithful(listMaps(analysis, target))?.method ?? '';
  const chosen = explainers.some(({ key }) => key === algorithmKey) ? algorithmKey : shown;
  const usedSoFar = analysis.settings?.methods ?? [];
  const replaced = fallbackSentence(explainers, analysis.fallbacks);
  const methods = listMethods(
    explainers,
    analysis,
    target,
    layers.some(({ positionDims }) => positionDims.length > 0),
  );
  const choose = ({ key, state, ofLoss }: Method): void => {
    if (ofLoss) {
      setClass('loss');
      return;
    }
    const about = target === 'loss' ? classes[0]?.index : target;
    if (target === 'loss') setClass(about === undefined ? undefined : String(about));
    setAlgorithm(key);
    if (state === 'open')
      analyse({
        classes: about === undefined ? [] : [about],
        layer,
        methods: [...usedSoFar, key],
      });
  };
  const tabs = classes.slice(0, MAX_TABS);
  if (target !== 'loss' && !tabs.some(({ index }) => index === target))
    tabs.push(classes.find(({ index }) => index === target)!);
  const panel = (which: Target) => (
    <TargetPanelView
      key={which}
      analysis={analysis}
      version={version}
      sample={place.sample}
      target={which}
      title={which === 'loss' ? 'the loss' : name(which)}
      explainers={explainers}
      method={chosen}
      look={look}
      mark={which === 'loss' ? undefined : <Mark analysis={analysis} index={which} />}
    />
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <MethodPickerView
            methods={methods}
            value={target === 'loss' ? (methods.find(({ ofLoss }) => ofLoss)?.key ?? '') : chosen}
            disabled={busy}
            onMethod={choose}
          />
          {target !== 'loss' &&
            drawsAtLayer(explainers.find(({ key }) => key === chosen)) &&
            layers.some(({ positionDims }) => positionDims.length > 0) && (
              <Select
                aria-label="Layer of the heat map"
                size="xs"
                w={150}
                allowDeselect={false}
                disabled={busy}
                value={layer === '' ? (analysis.settings?.layer ?? null) : layer}
                data={layers
                  .filter(({ positionDims }) => positionDims.length > 0)
                  .map((one) => ({ value: one.name, label: `at ${one.name}` }))}
                onChange={(next) => {
                  if (next === null) return;
                  setLayer(next);
                  analyse({ classes: [target], layer: next, methods: usedSoFar });
                }}
              />
            )}
          <HeatControlsView
            look={look}
            change={changeLook}
            hasAnnotations={isAnnotated(version.visualizers[0]?.mediaType ?? '')}
          />
        </Group>
        <SanityBadgeView projectId={place.projectId} runId={place.runId} epoch={analysis.epoch} />
      </Group>
      {fault !== null && <FaultView error={fault} />}
      {replaced !== undefined && (
        <Text size="sm" c="dimmed">
          {replaced}
        </Text>
      )}
      <Paper withBorder p={0}>
        <Tabs
          value={String(target)}
          onChange={(next) => {
            setClass(next ?? undefined);
          }}
          keepMounted={false}
        >
          <Group
            justify="space-between"
            gap="xs"
            pr="sm"
            style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
          >
            <Tabs.List
              style={{ flexWrap: 'wrap' }}
              className={styles.tabs ?? ''}
              aria-label="What is explained"
            >
              {tabs.map(({ index, probability }) => (
                <Tabs.Tab
                  key={index}
                  value={String(index)}
                  px="sm"
                  rightSection={<Mark analysis={analysis} index={index} />}
                >
                  <Text span size="sm" fw={600}>
                    {name(index)}
                  </Text>{' '}
                  <Text span size="xs" c="dimmed">
                    {isNumbers ? value(probability) : percent(probability)}
                  </Text>
                </Tabs.Tab>
              ))}
              {hasLoss && (
                <Tabs.Tab value="loss" px="sm">
                  <Text span size="sm" fw={600}>
                    Loss
                  </Text>{' '}
                  <Text span size="xs" c="dimmed">
                    {value(analysis.loss)}
                  </Text>
                </Tabs.Tab>
              )}
            </Tabs.List>
            <Group gap="xs" wrap="nowrap" pl="sm" pb={{ base: 8, sm: 0 }} style={{ flex: 'none' }}>
              {!isNumbers && classes.length < version.classNames.length && (
                <Select
                  aria-label="Explain another class"
                  placeholder="another class"
                  size="xs"
                  w={130}
                  searchable
                  limit={50}
                  value={null}
                  disabled={busy}
                  data={version.classNames.map((label, index) => ({ value: String(index), label }))}
                  onChange={(next) => {
                    if (next === null) return;
                    setClass(next);
                    if (!classes.some(({ index }) => String(index) === next))
                      analyse({ classes: [Number(next)], layer, methods: usedSoFar });
                  }}
                />
              )}
              {others.length > 0 && (
                <Select
                  aria-label="Compare with"
                  placeholder="compare with"
                  size="xs"
                  w={130}
                  clearable
                  searchable={classes.length > 12}
                  value={versus === undefined ? null : String(versus)}
                  data={others.map((one) => ({
                    value: String(one),
                    label: one === 'loss' ? 'the loss' : name(one),
                  }))}
                  onChange={(next) => {
                    setVersus(next ?? NOTHING);
                  }}
                />
              )}
            </Group>
          </Group>
          <Tabs.Panel value={String(target)} p="md">
            <div className={styles.pair}>
              {[target, ...(versus === undefined ? [] : [versus])].map((which) => panel(which))}
            </div>
          </Tabs.Panel>
        </Tabs>
      </Paper>
      <StrongestUnitsView
        analysis={analysis}
        target={target}
        predictedName={name(analysis.predictedClass)}
        version={version}
        sample={place.sample}
      />
    </Stack>
  );
}

function Mark({
  analysis,
  index,
}: {
  analysis: Pick<Analysis, 'trueClass' | 'predictedClass'>;
  index: number;
}) {
  const [isTrue, isPredicted] = [index === analysis.trueClass, index === analysis.predictedClass];
  if (!isTrue && !isPredicted) return null;
  return (
    <Badge
      size="xs"
      variant="light"
      tt="none"
      color={isTrue && isPredicted ? 'teal' : isTrue ? 'blue' : 'red'}
    >
      {isTrue && isPredicted ? 'label, predicted' : isTrue ? 'label' : 'predicted'}
    </Badge>
  );
}
