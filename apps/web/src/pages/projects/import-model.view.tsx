import { Button, Collapse, FileInput, Group, Progress, Select, Stack, Text, TextInput } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { OutputActivation, type TokenizerFileSchema } from '@noema/contracts/noema/training/v1/model_service';
import { DomainError } from '@noema/kernel/domain-error';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { models } from '../../api/making-clients.js';
import { links } from '../../parts/address/links.js';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { fieldFaults } from '../../parts/field-faults.js';
import { FileDropView } from './file-drop.view.js';
import { useLiveJob } from '../../features/jobs/job.query.js';
import { JobProgressView } from './job-progress.view.js';
import { uploadModelFile } from './model-upload.js';
import { preprocessingFaults, requestedPreprocessing, UNCHANGED } from './preprocessing.js';
import { PreprocessingView } from './preprocessing.view.js';

/** A model that gets a further version. */
interface Known {
  readonly id: string;
  readonly displayName: string;
}
interface ImportModel {
  projectId: string /** The model that the file is a version of; a new one when left out. */;
  model?: Known | undefined;
  /** A file that was chosen already. */
  file?: File | undefined;
  opened: boolean;
  onClose: () => void;
}
interface Importing {
  readonly jobId: string;
  readonly modelId: string /** The version, where it is a further one. */;
  readonly versionId?: string | undefined;
}

const OUTPUTS = [
  { value: String(OutputActivation.UNSPECIFIED), label: 'What the model says: probabilities, or numbers' },
  {
    value: String(OutputActivation.SOFTMAX),
    label: 'Logits of classes that exclude each other: add softmax',
  },
  { value: String(OutputActivation.SIGMOID), label: 'Logits of classes that do not: add sigmoid' },
];

const TOKENIZER_FILES =
  'tokenizer.json, vocab.txt, vocab.json with merges.txt, or the JSON of Keras. Data with other tokens are refused.';

/** Makes a model of a trained one in a file, or a further version of a model, and leads to it. */
export function ImportModelView(props: ImportModel) {
  return (
    <DialogView
      title={props.model === undefined ? 'Import a model' : `Import a version of ${props.model.displayName}`}
      opened={props.opened}
      onClose={props.onClose}
      size="lg"
    >
      <Form {...props} />
    </DialogView>
  );
}

const cutEnding = (file: File): string => file.name.replace(/\.[^.]*$/, '');

function Form({ projectId, model, file: chosen, onClose }: ImportModel) {
  const [file, setFile] = useState(chosen);
  const [displayName, setName] = useState(chosen === undefined ? '' : cutEnding(chosen));
  const [output, setOutput] = useState<string | null>(OUTPUTS[0]!.value);
  const [stated, setStated] = useState(UNCHANGED);
  const [tokenizer, setTokenizer] = useState<readonly File[]>([]);
  const [states, setStates] = useState(false);
  const [share, setShare] = useState(0);
  const send = useMutation({
    mutationFn: async (sent: File): Promise<Importing> => {
      const files: MessageInitShape<typeof TokenizerFileSchema>[] = [];
      for (const one of model === undefined ? tokenizer : [])
        files.push({ name: one.name, parts: await uploadModelFile(projectId, one, () => undefined) });
      const parts = await uploadModelFile(projectId, sent, setShare);
      const modelFile = {
        parts,
        tokenizers: files.length === 0 ? [] : [{ input: stated.input.trim(), files }],
        outputActivation: Number(output),
        preprocessing: model === undefined ? requestedPreprocessing(stated) : [],
      };
      if (model !== undefined) {
        const { job, modelVersion } = await models.importModelVersion({ modelId: model.id, modelFile });
        return { jobId: job?.id ?? '', modelId: model.id, versionId: modelVersion?.id };
      }
      const { job, modelId } = await models.importModel({
        projectId,
        displayName: displayName.trim(),
        modelFile,
      });
      return { jobId: job?.id ?? '', modelId };
    },
  });
  const take = (taken: File): void => {
    setFile(taken);
    setShare(0);
    send.reset();
    if (displayName === '') setName(cutEnding(taken));
  };
  const faults = fieldFaults(send.error);
  if (send.data !== undefined)
    return (
      <ProgressOf
        projectId={projectId}
        importing={send.data}
        onClose={onClose}
        again={() => {
          setShare(0);
          send.reset();
        }}
      />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== undefined) send.mutate(file);
      }}
    >
      <Stack gap="md">
        <FileDropView
          file={file}
          onFile={take}
          accept=".onnx,.keras,.h5,.zip"
          hint="Drop a model here: ONNX, Keras, or a zip of a TF.js model"
          error={faults['parts'] ?? faults['modelFile']}
          disabled={send.isPending}
        />
        {model === undefined && (
          <TextInput
            label="Name"
            value={displayName}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
            required
            error={faults['displayName']}
            autoComplete="off"
          />
        )}
        <Select
          label="First output is"
          data={OUTPUTS}
          value={output}
          onChange={setOutput}
          allowDeselect={false}
        />
        {model === undefined && (
          <>
            <Button
              variant="subtle"
              size="compact-sm"
              w="fit-content"
              onClick={() => {
                setStates(!states);
              }}
              aria-expanded={states}
            >
              {states ? 'Fewer settings' : 'What the input takes'}
            </Button>
            <Collapse expanded={states}>
              <Stack gap="md">
                <PreprocessingView stated={stated} onChange={setStated} error={faults['preprocessing']} />
                {states && (
                  <FileInput
                    label="Tokenizer of an input of ids"
                    description={TOKENIZER_FILES}
                    placeholder="none"
                    multiple
                    clearable
                    accept=".json,.txt"
                    value={[...tokenizer]}
                    onChange={setTokenizer}
                    error={faults['tokenizers']}
                  />
                )}
              </Stack>
            </Collapse>
          </>
        )}
        <Text size="xs" c="dimmed">
          {model === undefined
            ? 'Layers and units are found in its graph.'
            : 'It must have the layers of the model, with other weights; another architecture is a model ' +
              'of its own.'}{' '}
          Pictures are taken channels last, whatever the file says; sizes other than the batch must be fixed.
        </Text>
        {send.isPending && <Progress value={share * 100} size="md" radius="xl" aria-label="Uploaded" />}
        {send.error !== null && <FaultView error={send.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={send.isPending}
            disabled={
              file === undefined ||
              file.size === 0 ||
              (model === undefined &&
                (displayName.trim() === '' || Object.keys(preprocessingFaults(stated)).length > 0))
            }
          >
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/**
 * The import at work; leads to the finished model, and says what was wrong with the file when it is
 * refused.
 */
function ProgressOf({
  projectId,
  importing: { jobId, modelId, versionId },
  onClose,
  again,
}: {
  projectId: string;
  importing: Importing;
  onClose: () => void;
  again: () => void;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const job = useLiveJob({ service: 'training', jobId }).query.data?.job;
  const done = job?.state === JobState.SUCCEEDED;
  useEffect(() => {
    if (!done) return;
    for (const queryKey of [
      ['model-list', projectId],
      ['model', modelId],
      ['model-version-list', modelId],
    ])
      void client.invalidateQueries({ queryKey });
    onClose();
    void navigate(links.model(projectId, modelId, { version: versionId }), {
      replace: versionId !== undefined,
    });
  }, [done, client, navigate, onClose, projectId, modelId, versionId]);
  return (
    <Stack gap="md">
      <JobProgressView service="training" jobId={jobId} linked={false} />
      {job?.fault !== undefined && (
        <FaultView
          error={
            new DomainError('invalid', job.fault.reason, job.fault.message, { metadata: job.fault.metadata })
          }
        />
      )}
      <Group justify="flex-end" gap="sm">
        {job?.state === JobState.FAILED && (
          <Button variant="default" onClick={again}>
            Choose another file
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {job?.state === JobState.FAILED ? 'Close' : 'Go on in the background'}
        </Button>
      </Group>
    </Stack>
  );
}
