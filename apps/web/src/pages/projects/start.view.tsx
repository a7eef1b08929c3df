import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { models } from '../../api/making-clients.js';
import { type DroppedFiles, findKind } from '../../features/new-data/dropped-files.js';
import { NewDataView } from '../../features/new-data/new-data.view.js';
import { useModels } from '../../features/project/model.query.js';
import { useDatasetVersions } from '../../features/project/project.query.js';
import { useRuns } from '../../features/runs/run.query.js';
import { links } from '../../parts/address/links.js';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { newRequestId } from '../../parts/field-faults.js';
import { useRights } from '../../parts/role.query.js';
import { ImportModelView } from './import-model.view.js';
import { readTopology } from './topology.js';

interface Start {
  readonly projectId: string;
  /** Whether the dialog for new data is open, as other parts of the page open it. */
  readonly isAdding: boolean;
  readonly setAdding: (isAdding: boolean) => void;
  /** Files that were dropped on the page, until their dialogs are closed. */
  readonly dropped: DroppedFiles | undefined;
  readonly setDropped: (files: DroppedFiles | undefined) => void;
  /** Opens the form of a new run. */
  readonly startRun: () => void;
}

/** The way from files to a map: four steps while the project has no run, and the dialogs of files. */
export function StartView({ projectId, isAdding, setAdding, dropped, setDropped, startRun }: Start) {
  const { canEdit } = useRights();
  const [model, setModel] = useState<File>();
  const addTopology = useAddTopology(projectId);
  const takeModel = useCallback(
    (files: DroppedFiles): void => {
      const [only] = files.files;
      setAdding(false);
      setDropped(only === undefined ? undefined : files);
      if (only === undefined) return;
      void findKind(files).then((kind) => {
        if (kind === 'topology') {
          setDropped(undefined);
          addTopology.mutate(only.file);
        } else setModel(only.file);
      });
    },
    [addTopology, setAdding, setDropped],
  );
  const close = useCallback(() => {
    setAdding(false);
    setDropped(undefined);
  }, [setAdding, setDropped]);
  return (
    <>
      <FourSteps
        projectId={projectId}
        canEdit={canEdit}
        startRun={startRun}
        addData={() => {
          setAdding(true);
        }}
      />
      {isAdding && (
        <NewDataView projectId={projectId} opened onClose={close} dropped={dropped} onModel={takeModel} />
      )}
      {model !== undefined && (
        <ImportModelView
          projectId={projectId}
          file={model}
          opened
          onClose={() => {
            setModel(undefined);
            setDropped(undefined);
          }}
        />
      )}
      <DialogView
        title="Add a model"
        opened={addTopology.error !== null}
        onClose={() => {
          addTopology.reset();
        }}
      >
        <FaultView error={addTopology.error} />
      </DialogView>
    </>
  );
}

function FourSteps({
  projectId,
  canEdit,
  addData,
  startRun,
}: {
  projectId: string;
  canEdit: boolean;
  addData: () => void;
  startRun: () => void;
}) {
  const runs = useRuns(projectId).data;
  const versions = useDatasetVersions(projectId).data;
  const known = useModels(projectId).data;
  if (runs === undefined || runs.length > 0 || versions === undefined || known === undefined) return null;
  const hasData = versions.some(({ state }) => state === JobState.SUCCEEDED);
  const hasModel = known.length > 0;
  const steps: readonly {
    readonly name: string;
    readonly text: string;
    readonly isDone: boolean;
    readonly act?: ReactNode;
  }[] = [
    {
      name: 'Data',
      text: 'Drop a folder, a zip, a table or arrays anywhere on this page. You see how they are read first.',
      isDone: hasData,
      act: (
        <Button size="xs" variant={hasData ? 'default' : 'filled'} onClick={addData}>
          Add data
        </Button>
      ),
    },
    {
      name: 'Model',
      text: 'A small network is proposed for your data. Or drop your own: ONNX, a TF.js zip, or layers as JSON.',
      isDone: hasModel,
    },
    {
      name: 'Run',
      text: 'Training starts by itself with the proposed network; with your own model, start it here.',
      isDone: false,
      ...(hasData && hasModel
        ? {
            act: (
              <Button size="xs" onClick={startRun}>
                Start the first run
              </Button>
            ),
          }
        : {}),
    },
    { name: 'Map', text: 'After each epoch, all samples as the network sees them.', isDone: false },
  ];
  return (
    <Paper component="section" withBorder p="md" aria-label="From data to a map">
      <SimpleGrid component="ol" cols={{ base: 1, xs: 2, md: 4 }} spacing="md" m={0} p={0}>
        {steps.map(({ name, text, isDone, act }, at) => (
          <Stack component="li" key={name} gap={6} style={{ listStyle: 'none' }}>
            <Title order={2} size="h4">
              {at + 1}. {name}
              {isDone && (
                <Text span size="sm" c="dimmed" fw={400}>
                  {' '}
                  · there
                </Text>
              )}
            </Title>
            <Text size="sm" c="dimmed" style={{ flex: 1 }}>
              {text}
            </Text>
            {canEdit && act !== undefined && <Group>{act}</Group>}
          </Stack>
        ))}
      </SimpleGrid>
    </Paper>
  );
}

/** Makes a model of a file with layers, and leads to it. */
function useAddTopology(projectId: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (file: File) => {
      const { topology, fault } = readTopology(await file.text());
      if (topology === undefined) throw new Error(`${file.name}: ${fault ?? 'it is empty'}`);
      const displayName = file.name.replace(/\.json$/i, '');
      return models.createModel({ projectId, displayName, topology, seed: 7, requestId: newRequestId() });
    },
    onSuccess: async ({ model }) => {
      void client.invalidateQueries({ queryKey: ['model-list', projectId] });
      if (model !== undefined) await navigate(links.model(projectId, model.id));
    },
  });
}
