import {
  Box,
  Button,
  Collapse,
  Group,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Model } from '@noema/contracts/noema/training/v1/model';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { runs } from '../../api/clients.js';
import { links } from '../../parts/address/links.js';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { fieldFaults, newRequestId } from '../../parts/field-faults.js';
import { methodHelp, methodOptions } from '../../parts/method-parameters.js';
import { settingFaults } from '../../parts/method-settings.js';
import { MethodSettingsView } from '../../parts/method-settings.view.js';
import { useMethods } from '../../parts/methods.query.js';
import { count } from '../../parts/numbers.js';
import { useModelOfVersion, useModels, useModelVersions } from '../project/model.query.js';
import { useDatasetVersions } from '../project/project.query.js';
import { AdaptModelView } from './adapt-model.view.js';
import { describeFit, findMisfit } from './fit.js';
import { BASE, FrozenLayersView } from './frozen-layers.view.js';
import { LayerChoiceView } from './layer-choice.view.js';
import { ModelVersionSelectView } from './model-version-select.view.js';
import { findMissing, FIRST_RUN, FITTING_LOSS, type NewRun, toRequest, toSettings } from './new-run.js';

/** Fields that are chosen for one model and do not apply to another. */
type OfModel = Pick<NewRun, 'modelVersionId' | 'followed' | 'layers' | 'frozen'>;
const OF_MODEL: OfModel = { modelVersionId: null, followed: 'model', layers: [], frozen: [] };

/** The setting of an optimizer that a schedule takes the place of. */
const LEARNING_RATE = 'learning_rate';

/** Starts a run: what on what, how long, how fast; then leads to it. */
export function NewRunView({
  projectId,
  opened,
  onClose,
  like,
}: {
  projectId: string;
  opened: boolean;
  onClose: () => void /** A run whose settings the form begins with. */;
  like?: Run;
}) {
  return (
    <DialogView
      opened={opened}
      onClose={onClose}
      title={like === undefined ? 'New run' : `Duplicate ${like.displayName}`}
      size="lg"
    >
      <Form projectId={projectId} onClose={onClose} like={like} />
    </DialogView>
  );
}

const isReady = ({ state }: { state: JobState }): boolean => state === JobState.SUCCEEDED;

function Form({
  projectId,
  onClose,
  like,
}: {
  projectId: string;
  onClose: () => void;
  like: Run | undefined;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const versionList = useDatasetVersions(projectId);
  const versions = versionList.data?.filter(isReady) ?? [];
  const modelList = useModels(projectId);
  const models = modelList.data ?? [];
  const [requestId] = useState(newRequestId);
  const optimizers = useMethods('training', 'optimizer');
  const losses = useMethods('training', 'loss');
  const metrics = useMethods('training', 'metric');
  const schedules = useMethods('training', 'schedule');
  const [given, setGiven] = useState<Partial<NewRun>>(() => (like === undefined ? {} : toSettings(like)));
  const likeModel = useModelOfVersion(like?.modelVersionId ?? '')?.id;
  const [modelId, setModelId] = useState<string | null>();
  const [more, setMore] = useState(false);
  const [tried, setTried] = useState(false);
  const [ofModels, setOfModels] = useState<Readonly<Record<string, Partial<OfModel>>>>({});
  const wanted: NewRun = { ...FIRST_RUN, datasetVersionId: versions[0]?.id ?? null, ...given };
  const data = versions.find(({ id }) => id === wanted.datasetVersionId);
  const whyNot = (one: Model | undefined): string | undefined =>
    one === undefined || data === undefined ? undefined : findMisfit(one, data, wanted.kind === 'train');
  const proposed =
    like === undefined ? (models.find((one) => whyNot(one) === undefined) ?? models[0]) : undefined;
  const model = models.find(({ id }) => id === (modelId ?? likeModel)) ?? proposed;
  const weightList = useModelVersions(model?.id);
  const weights = weightList.data?.filter(isReady);
  const chosen: NewRun = {
    ...wanted,
    ...(model?.id !== likeModel && OF_MODEL),
    ...ofModels[model?.id ?? ''],
  };
  // The first version, as a rule fresh weights, unless somebody chooses.
  const run: NewRun = { ...chosen, modelVersionId: chosen.modelVersionId ?? weights?.at(-1)?.id ?? null };
  const isLoading = [versionList, modelList, weightList].some((list) => list.isLoading);
  const setOfModel = (change: Partial<OfModel>): void => {
    if (model !== undefined) setOfModels((now) => ({ ...now, [model.id]: { ...now[model.id], ...change } }));
  };
  const set = (change: Partial<NewRun>): void => {
    setGiven((now) => ({ ...now, ...change }));
  };
  const start = useMutation({
    mutationFn: () => runs.createRun(toRequest(run, projectId, requestId)),
    onSuccess: async ({ run: started }) => {
      void client.invalidateQueries({ queryKey: ['run-list', projectId] });
      void client.invalidateQueries({ queryKey: ['job-list', 'training'] });
      onClose();
      if (started !== undefined) await navigate(links.run(projectId, started.id));
    },
  });
  const missing = findMissing(run);
  const refused = fieldFaults(start.error);
  const fault = (field: keyof NewRun): string | undefined =>
    refused[field] ?? (tried ? missing[field] : undefined);
  const trains = run.kind === 'train';
  const optimizer = optimizers.find(({ key, facts }) =>
    run.optimizer === '' ? facts?.['usedByDefault'] === true : key === run.optimizer,
  );
  const schedule = schedules.find(({ key }) => key === run.schedule);
  const loss = losses.find(({ key }) => key === run.loss);
  // A schedule gives the rate in place of the optimizer.
  const first =
    optimizer?.parameters.filter(({ name }) => name === LEARNING_RATE && run.schedule === '') ?? [];
  const others = optimizer?.parameters.filter(({ name }) => name !== LEARNING_RATE) ?? [];
  const optimizerFaults = settingFaults([...first, ...others], run.optimizerSettings);
  const scheduleFaults = settingFaults(schedule?.parameters ?? [], run.scheduleSettings);
  const lossFaults = settingFaults(loss?.parameters ?? [], run.lossSettings);
  const isFilled = [missing, lossFaults, ...(trains ? [optimizerFaults, scheduleFaults] : [])].every(
    (faults) => Object.keys(faults).length === 0,
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isFilled) start.mutate();
        else if (Object.keys(missing).length === 0) setMore(true);
      }}
    >
      <Stack gap="md">
        <Group gap="md" align="flex-end" grow preventGrowOverflow={false}>
          <TextInput
            label="Name"
            placeholder="numbered when empty"
            value={run.displayName}
            onChange={(event) => {
              set({ displayName: event.currentTarget.value });
            }}
            data-autofocus
            error={fault('displayName')}
            autoComplete="off"
          />
          <SegmentedControl
            aria-label="Kind"
            value={run.kind}
            onChange={(kind) => {
              set({ kind: kind === 'evaluate' ? 'evaluate' : 'train' });
            }}
            data={[
              { value: 'train', label: 'Train' },
              { value: 'evaluate', label: 'Evaluate only' },
            ]}
          />
        </Group>
        <Select
          label="Data"
          data={versions.map((version) => ({
            value: version.id,
            label: `${version.displayName} · ${count(version.sampleCount)} samples`,
          }))}
          value={run.datasetVersionId}
          onChange={(id) => {
            set({ datasetVersionId: id });
          }}
          searchable
          allowDeselect={false}
          error={fault('datasetVersionId')}
          placeholder={versions.length === 0 ? 'no dataset version is ready; ingest one first' : ''}
        />
        <Group gap="md" align="flex-start" grow>
          <Select
            label="Model"
            data={models.map((one) => ({
              value: one.id,
              label: `${one.displayName}${whyNot(one) === undefined ? '' : ' · does not fit the data'}`,
            }))}
            value={model?.id ?? null}
            onChange={(id) => {
              setModelId(id);
            }}
            error={whyNot(model)}
            searchable
            allowDeselect={false}
            placeholder={models.length === 0 ? 'there is no model yet' : ''}
          />
          <ModelVersionSelectView
            versions={weights}
            value={run.modelVersionId}
            onChange={(id) => {
              setOfModel({ modelVersionId: id });
            }}
            error={fault('modelVersionId')}
          />
        </Group>
        {model !== undefined && data !== undefined && (
          <AdaptModelView
            model={model}
            modelVersionId={run.modelVersionId}
            data={data}
            trains={trains}
            onAdapted={(adapted, kind) => {
              setModelId(adapted.id);
              if (kind === 'head')
                setOfModels((now) => ({ ...now, [adapted.id]: { ...now[adapted.id], frozen: [BASE] } }));
            }}
          />
        )}
        {model !== undefined && data !== undefined && whyNot(model) === undefined && (
          <>
            {describeFit(model, data).map((note) => (
              <Text key={note} size="xs" c="dimmed">
                {note}
              </Text>
            ))}
          </>
        )}
        {trains && (
          <>
            <SimpleGrid cols={3} spacing="md">
              <NumberInput
                label="Epochs"
                value={run.epochs}
                onChange={(epochs) => {
                  set({ epochs });
                }}
                min={1}
                allowDecimal={false}
                error={fault('epochs')}
              />
              <NumberInput
                label="Batch size"
                value={run.batchSize}
                onChange={(batchSize) => {
                  set({ batchSize });
                }}
                min={1}
                allowDecimal={false}
                error={fault('batchSize')}
              />
              <NumberInput
                label="Seed"
                value={run.seed}
                onChange={(seed) => {
                  set({ seed });
                }}
                allowDecimal={false}
                error={fault('seed')}
              />
            </SimpleGrid>
            <Group gap="md" align="flex-end" grow>
              <Select
                label="Optimizer"
                description={methodHelp(optimizer)}
                data={methodOptions(optimizers, [run.optimizer])}
                value={run.optimizer || (optimizer?.key ?? null)}
                onChange={(name) => {
                  set({ optimizer: name ?? '', optimizerSettings: {} });
                }}
                allowDeselect={false}
                error={fault('optimizer')}
              />
              <MethodSettingsView
                key={optimizer?.key}
                parameters={first}
                settings={run.optimizerSettings}
                faults={optimizerFaults}
                onChange={(optimizerSettings) => {
                  set({ optimizerSettings });
                }}
              />
            </Group>
          </>
        )}
        <Button
          variant="subtle"
          size="compact-sm"
          w="fit-content"
          onClick={() => {
            setMore(!more);
          }}
          aria-expanded={more}
        >
          {more ? 'Fewer settings' : 'Loss, metrics and layers'}
        </Button>
        <Collapse expanded={more}>
          {trains && (
            <SimpleGrid cols={2} spacing="md" mb="md">
              <MethodSettingsView
                key={optimizer?.key}
                parameters={others}
                settings={run.optimizerSettings}
                faults={optimizerFaults}
                onChange={(optimizerSettings) => {
                  set({ optimizerSettings });
                }}
              />
              <Select
                label="Learning-rate schedule"
                description={methodHelp(schedule)}
                data={[
                  { value: '', label: 'none: the rate of the optimizer' },
                  ...methodOptions(schedules, [run.schedule]),
                ]}
                value={run.schedule}
                onChange={(name) => {
                  set({ schedule: name ?? '', scheduleSettings: {} });
                }}
                allowDeselect={false}
                error={fault('schedule')}
              />
              <MethodSettingsView
                key={`schedule ${run.schedule}`}
                parameters={schedule?.parameters ?? []}
                settings={run.scheduleSettings}
                faults={scheduleFaults}
                onChange={(scheduleSettings) => {
                  set({ scheduleSettings });
                }}
              />
            </SimpleGrid>
          )}
          <Group gap="md" align="flex-start" grow>
            <Select
              label="Loss"
              description={methodHelp(loss)}
              data={[FITTING_LOSS, ...methodOptions(losses, run.loss === FITTING_LOSS ? [] : [run.loss])]}
              value={run.loss}
              onChange={(name) => {
                set({ loss: name ?? FIRST_RUN.loss, lossSettings: {} });
              }}
              allowDeselect={false}
              searchable
              error={fault('loss')}
            />
            <MultiSelect
              label="Metrics"
              data={methodOptions(metrics, run.metrics)}
              value={[...run.metrics]}
              onChange={(metrics) => {
                set({ metrics });
              }}
              error={fault('metrics')}
            />
          </Group>
          {loss !== undefined && loss.parameters.length > 0 && (
            <SimpleGrid cols={2} spacing="md" mt="md">
              <MethodSettingsView
                key={loss.key}
                parameters={loss.parameters}
                settings={run.lossSettings}
                faults={lossFaults}
                onChange={(lossSettings) => {
                  set({ lossSettings });
                }}
              />
            </SimpleGrid>
          )}
          {trains && (
            <Box mt="md">
              <FrozenLayersView
                modelVersionId={run.modelVersionId}
                frozen={run.frozen}
                onChange={(frozen) => {
                  setOfModel({ frozen });
                }}
                error={fault('frozen')}
              />
            </Box>
          )}
          <Box mt="md">
            <LayerChoiceView
              model={model}
              modelVersionId={run.modelVersionId}
              run={run}
              onChange={setOfModel}
              error={fault('layers')}
            />
          </Box>
        </Collapse>
        {start.error !== null && <FaultView error={start.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isLoading || start.isPending}>
            {trains ? 'Start training' : 'Start evaluation'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
