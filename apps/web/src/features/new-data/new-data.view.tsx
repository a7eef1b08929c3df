import { Button, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { IconDatabaseImport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { DialogView } from '../../parts/dialog.view.js';
import { DropAreaView } from '../../parts/drop-area.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { bytes, counted } from '../../parts/numbers.js';
import { type UploadProgress, uploadArchive } from './archive.upload.js';
import { type BucketPlace, copyBucket } from './bucket.copy.js';
import { BucketFormView } from './bucket-form.view.js';
import { type DroppedFiles, findKind, readDrop, readList, requireFile } from './dropped-files.js';
import { FollowDataView, type IngestedData } from './follow-data.view.js';
import { ManifestFormView } from './manifest-form.view.js';
import { tarArchive } from './tar-archive.js';

interface NewData {
  readonly projectId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Files that were dropped on the page; they are sent at once. */
  readonly dropped?: DroppedFiles | undefined;
  /** Receives files that turn out to be a model. */
  readonly onModel: (files: DroppedFiles) => void;
}

/** Files that are sent, or objects that the platform copies. */
type Source = DroppedFiles | (BucketPlace & { readonly name: string });

/** Makes a dataset version of files without code: sends them, shows how they are read, ingests them. */
export function NewDataView(props: NewData) {
  return (
    <DialogView title="Add data" opened={props.opened} onClose={props.onClose} size="xl">
      <Steps {...props} />
    </DialogView>
  );
}

function Steps({ projectId, onClose, dropped, onModel }: NewData) {
  const [source, setSource] = useState<Source | undefined>(dropped);
  const [place, setPlace] = useState<BucketPlace>();
  const [progress, setProgress] = useState<UploadProgress>();
  const [ingested, setIngested] = useState<IngestedData>();
  const abort = useRef(new AbortController());
  const upload = useMutation({
    mutationFn: async (sent: Source): Promise<ArtifactRef[] | undefined> => {
      const { signal } = abort.current;
      if ('url' in sent)
        return copyBucket(projectId, { url: sent.url, secretName: sent.secretName }, signal, setProgress);
      const kind = await findKind(sent);
      if (kind === 'model' || kind === 'topology') {
        onModel(sent);
        return undefined;
      }
      const archive = kind === 'archive' ? sent.files[0]!.file : tarArchive(sent.files);
      return uploadArchive(projectId, archive, signal, setProgress);
    },
  });
  const start = (sent: Source): void => {
    setSource(sent);
    setProgress(undefined);
    abort.current = new AbortController();
    upload.mutate(sent);
  };
  const started = useRef(false);
  useEffect(() => {
    if (dropped !== undefined && !started.current) start(dropped);
    started.current = true;
  });
  useEffect(
    () => () => {
      abort.current.abort();
    },
    [],
  );
  const choose = (): void => {
    abort.current.abort();
    upload.reset();
    if (source !== undefined && 'url' in source) setPlace(source);
    setSource(undefined);
  };
  if (ingested !== undefined)
    return <FollowDataView projectId={projectId} data={ingested} onClose={onClose} />;
  if (source === undefined)
    return (
      <Stack gap="md">
        <DropView onFiles={start} />
        <BucketFormView
          first={place}
          onPlace={(chosen) => {
            start({ ...chosen, name: nameBucket(chosen.url) });
          }}
        />
      </Stack>
    );
  if (upload.data !== undefined)
    return (
      <ManifestFormView
        projectId={projectId}
        name={source.name}
        parts={upload.data}
        onBack={choose}
        onIngested={setIngested}
      />
    );
  return (
    <Stack gap="md">
      <Text size="sm">
        <b>{source.name}</b> · {'url' in source ? source.url : counted(source.files.length, 'file')}
        {progress !== undefined
          ? ` · ${progressText(progress, 'url' in source ? 'copied' : 'uploaded')}`
          : upload.isPending && 'url' in source && ' · listing the objects'}
      </Text>
      {upload.isPending && (
        <Progress
          value={progress === undefined ? 0 : (100 * progress.done) / Math.max(1, progress.total)}
          size="md"
          radius="xl"
          aria-label={'url' in source ? 'Copied' : 'Uploaded'}
        />
      )}
      {upload.error !== null && <FaultView error={upload.error} />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={choose}>
          {upload.isPending ? 'Cancel' : 'url' in source ? 'Change the address' : 'Choose other files'}
        </Button>
        {upload.error !== null && (
          <Button
            onClick={() => {
              start(source);
            }}
          >
            {progress === undefined ? 'Try again' : 'Resume'}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** The last part of the prefix, or the bucket. */
const nameBucket = (url: string): string =>
  url
    .replace(/[?#].*$/, '')
    .split('/')
    .findLast((part) => part !== '') ?? 'data';

function progressText({ done, total, known }: UploadProgress, what: 'copied' | 'uploaded'): string {
  const text = `${bytes(done)} of ${bytes(total)} ${what}`;
  return known === 0 ? text : `${text}, ${bytes(known)} of it before`;
}

/** Where files are dropped or chosen. */
function DropView({ onFiles }: { onFiles: (files: DroppedFiles) => void }) {
  const [fault, setFault] = useState<unknown>();
  const take = (files: Promise<DroppedFiles> | DroppedFiles): void => {
    void Promise.resolve(files).then(requireFile).then(onFiles, setFault);
  };
  return (
    <DropAreaView
      label="Files"
      onDrop={(dropped) => {
        take(readDrop(dropped));
      }}
    >
      <Stack gap="sm" align="center">
        <IconDatabaseImport size={32} stroke={1.5} aria-hidden />
        <Text size="sm">Drop a folder, a zip, a table, arrays or a model file here</Text>
        <Text size="xs" c="dimmed" maw={460}>
          Pictures or texts in folders by class; CSV, TSV, JSON lines or Parquet; .npy, .npz, IDX. You see how
          they are read before anything is ingested.
        </Text>
        <Group gap="xs" justify="center">
          <FileButton
            multiple
            onChange={(list) => {
              if (list.length > 0) take(readList(list));
            }}
          >
            {(props) => (
              <Button {...props} variant="default" size="xs" data-autofocus>
                Choose files
              </Button>
            )}
          </FileButton>
          <FileButton
            multiple
            inputProps={{ webkitdirectory: '' } as object}
            onChange={(list) => {
              if (list.length > 0) take(readList(list));
            }}
          >
            {(props) => (
              <Button {...props} variant="default" size="xs">
                Choose a folder
              </Button>
            )}
          </FileButton>
        </Group>
        {fault !== undefined && <FaultView error={fault} />}
      </Stack>
    </DropAreaView>
  );
}
