import { Anchor, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { Layer, Model, ModelVersion, WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ModelFormat, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { IconFileImport, IconVersions } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { useAddressParams } from '../../parts/address/address-params.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { ActionView } from '../../parts/action.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { bytes, count, counted, shape } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { JOB_LOOKS, jobIsOpen } from '../../parts/states.js';
import { TimeView } from '../../parts/time.view.js';
import { useRuns } from '../../features/runs/run.query.js';
import { versionText } from '../../features/new-run/model-version-select.view.js';
import { LayerGraphView } from '../../features/model-card/layer-graph.view.js';
import { useWeightStatistics } from '../../features/model-card/model-card.query.js';
import { ModelFactsView } from '../../features/model-card/model-facts.view.js';
import { ModelLimitsView } from '../../features/model-card/model-limits.view.js';
import { NonFiniteView } from '../../features/model-card/non-finite.view.js';
import { ImportModelView } from './import-model.view.js';
import { ModelMenuView } from './model-menu.view.js';
import { useFollowable, useModel, useModelVersions } from '../../features/project/model.query.js';

/** One model: its layers with their learned units, and its versions. */
export function ModelPage() {
  const { modelId = '' } = useParams();
  const query = useModel(modelId);
  const model = query.data?.model;
  useTitle(model?.displayName, 'model');
  return (
    <PageView>
      {model === undefined ? (
        <QueryView query={query} lines={8}>
          {() => null}
        </QueryView>
      ) : (
        <ModelView model={model} />
      )}
    </PageView>
  );
}

function ModelView({ model }: { model: Model }) {
  const versions = useModelVersions(model.id);
  const { noEdit } = useRights();
  const [imports, setImports] = useState(false);
  const close = useCallback(() => {
    setImports(false);
  }, []);
  const [params, setParams] = useAddressParams();
  const chosen =
    versions.data?.find(({ id }) => id === params.get('version')) ??
    versions.data?.find(({ id }) => id === model.latestVersionId) ??
    versions.data?.[0];
  const ready = chosen?.state === JobState.SUCCEEDED ? chosen : undefined;
  // Nothing is requested of a version before its import has succeeded.
  const unready =
    chosen === undefined || ready !== undefined ? undefined : (
      <Text size="sm" c="dimmed" p="md">
        {jobIsOpen(chosen.state)
          ? 'This version is being imported.'
          : 'The import of this version did not succeed. Its job has the reason.'}
      </Text>
    );
  const layers = useFollowable(ready?.id);
  const weights = useWeightStatistics(ready?.weights === undefined ? undefined : ready.id);
  const client = useQueryClient();
  const navigate = useNavigate();
  const gone = (): void => {
    void navigate(links.project(model.projectId));
    void client.invalidateQueries({ queryKey: ['model-list', model.projectId] });
  };
  const format = ModelFormat[model.format].toLowerCase().replaceAll('_', ' ');
  return (
    <Stack gap="md">
      <PageHeadView
        title={model.displayName}
        actions={
          <>
            {versions.data !== undefined && versions.data.length > 1 && (
              <Select
                w={260}
                aria-label="Version"
                data={versions.data.map((version) => ({ value: version.id, label: versionText(version) }))}
                value={chosen?.id ?? null}
                allowDeselect={false}
                searchable
                onChange={(id) => {
                  setParams(
                    (now) => {
                      now.set('version', id ?? '');
                      return now;
                    },
                    { replace: true },
                  );
                }}
              />
            )}
            <ModelMenuView model={model} version={chosen} onDeleted={gone} />
          </>
        }
      >
        {counted(model.parameterCount, 'parameter')} ·{' '}
        {model.inputs.map(({ name, dims }) => `${name} ${shape(dims)}`).join(', ')} →{' '}
        {model.outputs.map(({ name, dims }) => `${name} ${shape(dims)}`).join(', ')} · {format} · created{' '}
        <TimeView at={model.createTime} />
      </PageHeadView>
      <NonFiniteView weights={weights.data} />
      <SectionView
        title="Layers"
        flush
        note={layers.data === undefined ? undefined : totals(layers.data.layers, weights.data)}
      >
        {unready ?? (
          <QueryView query={layers} lines={6}>
            {({ layers: list, blocks }) =>
              chosen !== undefined && (
                <LayerGraphView
                  key={chosen.id}
                  layers={list}
                  blocks={blocks}
                  recorded={model.layers}
                  weights={weights.data}
                  projectId={model.projectId}
                  version={chosen}
                  versions={versions.data ?? []}
                />
              )
            }
          </QueryView>
        )}
      </SectionView>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <SectionView title="Data and results">
          <ModelFactsView model={model} version={chosen} />
        </SectionView>
        <SectionView title="Limits">
          {unready ?? (
            <ModelLimitsView modelVersionId={ready?.id} hasWeights={chosen?.weights !== undefined} />
          )}
        </SectionView>
      </SimpleGrid>
      <SectionView
        title="Versions"
        flush
        note={versions.data === undefined ? undefined : counted(versions.data.length, 'version')}
        actions={
          <ActionView
            size="xs"
            variant="default"
            leftSection={<IconFileImport size={14} />}
            off={noEdit}
            onClick={() => {
              setImports(true);
            }}
          >
            Import a version
          </ActionView>
        }
      >
        <QueryView query={versions}>
          {(list) =>
            list.length === 0 ? (
              <EmptyView icon={<IconVersions />} title="No version">
                A version has weights: fresh ones, imported ones, or those after an epoch of a run.
              </EmptyView>
            ) : (
              <Versions projectId={model.projectId} versions={list} />
            )
          }
        </QueryView>
        <ImportModelView projectId={model.projectId} model={model} opened={imports} onClose={close} />
      </SectionView>
    </Stack>
  );
}

/** Totals of the layers: `177 layers, 53,120 learned units, 25,583,592 trained parameters`. */
function totals(layers: readonly Layer[], weights: readonly WeightStatistics[] | undefined): string {
  const units = layers.reduce((sum, { unitCount }) => sum + unitCount, 0);
  const texts = [counted(layers.length, 'layer'), counted(units, 'learned unit')];
  if (weights !== undefined) {
    const trained = weights
      .filter(({ trainable }) => trainable)
      .reduce((sum, { dims }) => sum + dims.reduce((product, dim) => product * dim, 1), 0);
    texts.push(counted(trained, 'trained parameter'));
  }
  return texts.join(', ');
}

function Versions({ projectId, versions }: { projectId: string; versions: readonly ModelVersion[] }) {
  const runs = useRuns(projectId).data ?? [];
  return (
    <DataTableView minWidth={560} maxHeight={380} label="List of versions">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={90}>version</Table.Th>
          <Table.Th>weights</Table.Th>
          <Table.Th w={132}>state</Table.Th>
          <Table.Th w={100} ta="right">
            size
          </Table.Th>
          <Table.Th w={150} ta="right">
            created
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {versions.map((version) => (
          <Table.Tr key={version.id}>
            <Table.Td fw={600}>v{version.number}</Table.Td>
            <Table.Td>
              {version.origin === ModelVersionOrigin.TRAINED ? (
                <>
                  after epoch {count(version.epoch)} of{' '}
                  <Anchor
                    component={Link}
                    to={links.run(projectId, version.runId)}
                    size="sm"
                    underline="always"
                  >
                    {runs.find(({ id }) => id === version.runId)?.displayName ?? 'a run'}
                  </Anchor>
                </>
              ) : version.origin === ModelVersionOrigin.IMPORTED ? (
                'imported'
              ) : version.origin === ModelVersionOrigin.ADAPTED ? (
                'of another model, adapted to data'
              ) : version.origin === ModelVersionOrigin.RECORDED ? (
                version.epoch === 0 ? (
                  'recorded'
                ) : (
                  `recorded after epoch ${count(version.epoch)}`
                )
              ) : (
                'initial'
              )}
              {version.fault !== undefined && (
                <Text size="xs" c="red" style={{ overflowWrap: 'anywhere' }}>
                  {version.fault.message}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <StateBadgeView
                state={
                  version.state === JobState.SUCCEEDED
                    ? { ...JOB_LOOKS[version.state], label: 'ready' }
                    : JOB_LOOKS[version.state]
                }
              />
            </Table.Td>
            <Table.Td ta="right" c="dimmed">
              {version.weights === undefined ? '–' : bytes(Number(version.weights.sizeBytes))}
            </Table.Td>
            <Table.Td ta="right" c="dimmed">
              <TimeView at={version.createTime} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}
